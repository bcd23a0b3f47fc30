/// How a run ended, as scripts see it.
enum ExitStatus: Int32, Error {
  /// With `--exit-code`: a packet was lost, or a finding of severity error was made.
  case trouble = 1
  /// An input could not be read to its end, or an output could not be written.
  case failure = 2
  /// The command line is wrong.
  case usage = 64
}
