"""What a soak found, in words and rows."""

import statistics

from benchmarks.serving.soak import Soak, growth

MEGA = 1e6
HEAD = ["requests", "how many", "50 %, ms", "99 %, ms", "longest, ms", "answers"]


def findings(seen: Soak) -> list[str]:
    """Say what became of memory, files and threads, and of the requests."""
    lines = [_memory(seen), _holdings(seen), _pace(seen)]
    lines.append(f"{seen.answered:,} requests, {seen.rate:,.0f} per second; {len(seen.wrong)} with a wrong response.")
    return lines + [f"Wrong: {example}" for example in seen.wrong[:3]]


def _memory(seen: Soak) -> str:
    grown = growth(seen.samples)
    first, last = seen.before.rss / MEGA, seen.after.rss / MEGA
    return (
        f"Memory: {first:.1f} MB at the start, {grown.size / MEGA:.1f} MB in between, {last:.1f} MB at the end. "
        f"It grew by {grown.grown / MEGA:+.2f} MB after the warm-up (95 % interval {grown.low / MEGA:+.2f} to "
        f"{grown.high / MEGA:+.2f}), which is {'none' if grown.is_none else '**growth**'}."
    )


def _holdings(seen: Soak) -> str:
    first, last = seen.samples[0], seen.samples[-1]
    processors = (last.processor - first.processor) / (last.seconds - first.seconds)
    files = _course(seen.before.files, [one.files for one in seen.samples], seen.after.files)
    threads = _course(seen.before.threads, [one.threads for one in seen.samples], seen.after.threads)
    return f"Files and sockets: {files}. Threads: {threads}. Processors taken: {processors:.2f}."


def _course(before: int, during: list[int], after: int) -> str:
    return f"{before} before, {statistics.median(during):g} and at most {max(during)} during, {after} after"


def _pace(seen: Soak) -> str:
    """Compare the first tenth of the most frequent kind with the last."""
    name, tally = max(seen.tallies.items(), key=lambda item: len(item[1].times))
    tenth = max(1, len(tally.times) // 10)
    first, last = (1e3 * statistics.median(part) for part in (tally.times[:tenth], tally.times[-tenth:]))
    return (
        f"Pace: half of the first tenth of {name!r} took {first:.2f} ms or less, half of the last tenth {last:.2f} ms."
    )


def row(name: str, seen: Soak) -> list[str]:
    """Return one kind of request as the table shows it."""
    tally = seen.tallies[name]
    times = [f"{1e3 * value:.2f}" for value in (tally.percentile(0.5), tally.percentile(0.99), max(tally.times))]
    statuses = ", ".join(f"{status or 'none'}: {count:,}" for status, count in sorted(seen.statuses[name].items()))
    return [name, f"{len(tally.times):,}", *times, statuses]
