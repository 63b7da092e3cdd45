import { type DaqScan, DaqtorError, realClock, VirtualClock } from '@daqtor/core';
import { opticsBench } from '@daqtor/sim';
import { demoKinds } from './demo-kinds.ts';
import { demoScan } from './demo-scan.ts';
import { ExpectedValues } from './expected-values.ts';
import { type DemoOptions, HELP, readOptions } from './options.ts';
import { report } from './terminal/report.ts';
import { showProgress } from './terminal/show-progress.ts';

const INTERRUPTED = 130;

/** Runs the demonstration on simulated instruments. @returns the exit code */
async function demo(options: DemoOptions): Promise<number> {
  const clock = options.fast ? new VirtualClock(realClock.epochMs()) : realClock;
  const wire = options.inProcess ? 'memory' : 'real';
  const bench = await opticsBench({ clock, seed: options.seed, wire, speed: 3 });
  let run: DaqScan | undefined;
  let expected: ExpectedValues | undefined;
  const interrupt = () => {
    if (!run) process.exit(INTERRUPTED);
    process.stdout.write(interrupted ? '\nStopping now.\n' : '\nStopping after this point; Ctrl-C again stops now.\n');
    interrupted ? run.abort() : run.stop();
    interrupted = true;
  };
  let interrupted = false;
  process.on('SIGINT', interrupt);
  try {
    console.log(`Instruments: stage on ${addressOf(bench.stagePort)}, meter on ${addressOf(bench.meterPort)}`);
    const result = await demoScan({
      kind: options.kind,
      stage: bench.stagePort,
      meter: bench.meterPort,
      spectrometer: bench.spectrometer,
      camera: bench.camera,
      points: options.points,
      out: options.out,
      clock,
      watch: (scan) => {
        run = scan;
        showProgress(scan, process.stdout);
        if (options.expected) expected = new ExpectedValues(scan, [options.points, options.points]);
        scan.points$.subscribe(({ step }) => {
          if (step + 1 === options.unplugStageAt) void bench.unplugStage();
        });
      },
    });
    console.log(await report(result, process.stdout, demoKinds[options.kind].shown));
    if (options.expected) await expected?.write(options.expected);
    return result.outcome === 'completed' ? 0 : INTERRUPTED;
  } catch (error) {
    console.error(`\nThe scan failed: ${DaqtorError.is(error) ? error.message : inspect(error)}`);
    if (run?.file) console.error(`What was measured until then is in ${run.file}`);
    return 1;
  } finally {
    process.off('SIGINT', interrupt);
    await bench.close();
  }
}

function addressOf(port: string | { readonly address: string }): string {
  return typeof port === 'string' ? port : port.address;
}

function inspect(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function main(): Promise<number> | number {
  try {
    const options = readOptions(process.argv.slice(2));
    if (!options.help) return demo(options);
    console.log(HELP);
    return 0;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
}

process.exitCode = await main();
