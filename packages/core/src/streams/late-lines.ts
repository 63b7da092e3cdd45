import { Observable, Subject } from 'rxjs';

/** Values for one taker that may come late: until it is there they are kept, then they are passed on. */
export class LateLines<T> {
  #kept: T[] | undefined = [];
  readonly #live = new Subject<T>();

  readonly lines$ = new Observable<T>((taker) => {
    for (const line of this.#kept ?? []) taker.next(line);
    this.#kept = undefined;
    return this.#live.subscribe(taker);
  });

  add(line: T): void {
    if (this.#kept) this.#kept.push(line);
    else this.#live.next(line);
  }

  end(): void {
    this.#live.complete();
  }
}
