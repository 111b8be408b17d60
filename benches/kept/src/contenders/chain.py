"""The chain with joblib and with pipefunc: `chain.py CONTENDER FOLDER FIRST END`.

It runs the chain once for each key from FIRST on, before END, and prints for each a line that `chain.rs` describes.
"""

import sys
import time

STEPS = 24
SIZE = 1000
executed = 0


def text(number, text):
    """The value of a step, from that of the step before."""
    global executed
    executed += 1
    return f"{number} {text}".ljust(SIZE, "x")[:SIZE]


def joblib_memory(folder):
    """One cached function, called once for each step."""
    from joblib import Memory

    cached = Memory(folder, verbose=0).cache(text)

    def run(key):
        value = str(key)
        for number in range(1, STEPS + 1):
            value = cached(number, value)
        return value

    return run


def steps():
    """The steps of a pipeline of pipefunc."""
    from pipefunc import PipeFunc

    def step(number):
        renames = {"text": f"r{number - 1}"}
        return PipeFunc(text, f"r{number}", renames=renames, bound={"number": number}, cache=True)

    return [step(number) for number in range(1, STEPS + 1)]


def pipefunc_folder(folder):
    """A folder for each run. No pool of processes, because a chain has no use for one."""
    from pipefunc import Pipeline

    pipeline = Pipeline(steps())

    def run(key):
        inputs = {"r0": str(key)}
        results = pipeline.map(inputs, run_folder=f"{folder}/{key}", resume=True, parallel=False)
        return results[f"r{STEPS}"].output

    return run


def pipefunc_cache(folder):
    """A cache on disk."""
    from pipefunc import Pipeline

    pipeline = Pipeline(steps(), cache_type="disk", cache_kwargs={"cache_dir": folder})
    return lambda key: pipeline(f"r{STEPS}", r0=str(key))


def main():
    """Runs the chain of the contender that the arguments name."""
    contender, folder, first, end = sys.argv[1:]
    run = {"joblib": joblib_memory, "folder": pipefunc_folder, "cache": pipefunc_cache}[contender](folder)
    for key in range(int(first), int(end)):
        before = executed
        begin = time.perf_counter_ns()
        value = run(key)
        elapsed = time.perf_counter_ns() - begin
        assert value.startswith(f"{STEPS} ") and f" 1 {key}x" in value and len(value) == SIZE, value
        print("chain", elapsed, executed - before, flush=True)


if __name__ == "__main__":
    main()
