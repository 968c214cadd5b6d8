import Glibc

// Runs each command of a table several times, in turn, and prints what the system says of each
// finished process: CPU seconds (user and system), wall seconds and peak memory, as medians, with the
// ratio to the first row. Standard output of the commands goes to /dev/null.
//
//   Measure RUNS 'title' 'label=shell command' ['label=shell command' ...]

struct Run {
  var cpu: Double
  var wall: Double
  var peak: Double
}

func stop(_ message: String) -> Never {
  let bytes = Array((message + "\n").utf8)
  write(STDERR_FILENO, bytes, bytes.count)
  exit(1)
}

func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func run(_ command: String) -> Run {
  let words = ["/bin/sh", "-c", "exec \(command) >/dev/null"]
  var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
  defer { for word in arguments { free(word) } }
  var process: pid_t = 0
  let start = now()
  guard posix_spawn(&process, "/bin/sh", nil, nil, &arguments, environ) == 0 else {
    stop("cannot start \(command)")
  }
  var status: Int32 = 0
  var usage = rusage()
  guard wait4(process, &status, 0, &usage) == process, status == 0 else {
    stop("failed with \(status): \(command)")
  }
  return Run(
    cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime), wall: now() - start,
    peak: Double(usage.ru_maxrss) / 1024)
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func fixed(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int((value * scale).rounded())
  let text = String(whole)
  guard digits > 0 else { return text }
  let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
  return "\(padded.dropLast(digits)).\(padded.suffix(digits))"
}

let arguments = CommandLine.arguments
guard arguments.count >= 4, let runs = Int(arguments[1]) else {
  stop("usage: Measure RUNS TITLE LABEL=COMMAND ...")
}
let rows = arguments.dropFirst(3).map { row -> (label: String, command: String) in
  let parts = row.split(separator: "=", maxSplits: 1)
  return (String(parts[0]), String(parts[1]))
}
for row in rows { _ = run(row.command) }
var results = [[Run]](repeating: [], count: rows.count)
for _ in 0..<runs {
  for (index, row) in rows.enumerated() { results[index].append(run(row.command)) }
}

print("\n### \(arguments[2])\n")
print("| program | CPU s | wall s | peak MiB | CPU ratio | peak ratio |")
print("|---|---|---|---|---|---|")
let first = (median(results[0].map(\.cpu)), median(results[0].map(\.peak)))
for (row, runs) in zip(rows, results) {
  let cpu = median(runs.map(\.cpu))
  let peak = median(runs.map(\.peak))
  print(
    "| \(row.label) | \(fixed(cpu, 4)) | \(fixed(median(runs.map(\.wall)), 4)) | \(fixed(peak, 1))"
      + " | \(fixed(cpu / first.0, 2)) | \(fixed(peak / first.1, 2)) |")
}
