import { writeSync } from 'node:fs';
import { Axis, BoundedQueue, DataToExport, DataWithAxes, realClock, type LogLine, type ScanPoint } from '@daqtor/core';
import { Subject } from 'rxjs';
import { dataset } from './dataset.ts';
const log$=new Subject<LogLine>(); const d=dataset(process.argv[2]!); const clock=realClock;
for(;;){ const [ny,nx]=[10,15];
const points=new BoundedQueue<ScanPoint>({maxItems:4});
const rec=await d.begin({type:'Scan2D',subType:'Linear',shape:[ny,nx],distribution:'uniform',
 axes:[new Axis({label:'y',units:'mm',data:Array.from({length:ny},(_,i)=>i),index:0}),new Axis({label:'x',units:'mm',data:Array.from({length:nx},(_,i)=>i),index:1})],
 actuators:[{name:'y',kind:'a',title:'A',units:'mm',settings:{}},{name:'x',kind:'a',title:'A',units:'mm',settings:{}}],
 detectors:[{name:'det',kind:'mock',title:'Mock',units:'',settings:{}}], settings:{}, startedEpochMs:clock.epochMs()},{points,log$},clock);
if (rec.group.endsWith('000')) writeSync(1,`F ${rec.file}\n`);
const it: ((s:number)=>void)[]=[]; const waits:Promise<void>[]=[];
rec.saved$.subscribe({next:s=>{writeSync(1,`${rec.group} ${s}\n`)},error:e=>{writeSync(1,'ERR '+e+'\n')}});
for(let s=0;s<ny*nx;s++){ if(s%10===0)log$.next({atEpochMs:clock.epochMs(),source:'x',level:'INFO',text:'line '+s});
 await points.put({step:s,indexes:[Math.floor(s/nx),s%nx],targets:[],positions:[s,-s],atEpochMs:clock.epochMs(),data:[new DataToExport({name:'det',data:[
  new DataWithAxes({name:'P',data:[s+.5,2*s]}), new DataWithAxes({name:'I',data:[new Uint16Array(1024).fill(s+1)],shape:[32,32]})]})]}); }
points.close(); await rec.end('completed'); writeSync(1,`${rec.group} done\n`);
}
