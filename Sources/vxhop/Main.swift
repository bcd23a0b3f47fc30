import ArgumentParser
import CLinux
import Glibc

/// Runs the command and turns how it ended into an exit status.
@main
enum Main {
  static func main() {
    endOnShrunkenFile()
    keepLargeBlocksFresh()
    do {
      var command = try parse(
        CommandWords.rewritten(Array(CommandLine.arguments.dropFirst())))
      do {
        try command.run()
      } catch let error as ValidationError {
        refuse(error, by: type(of: command))
      }
    } catch let status as ExitStatus {
      exit(status.rawValue)
    } catch {
      // What the parser throws: help and version are no failure, a wrong command line is 64.
      Vxhop.exit(withError: error)
    }
  }

  /// Looks at all commands only where the words are not simply those of a trace: for the others, for help, and for
  /// what is wrong.
  private static func parse(_ words: [String]) throws -> any ParsableCommand {
    if words.first == TraceCommand.configuration.commandName,
      let command = try? TraceCommand.parse(Array(words.dropFirst()))
    {
      return command
    }
    return try Vxhop.parseAsRoot(words)
  }

  /// What a command found wrong with its words only when it ran.
  private static func refuse(_ error: ValidationError, by command: any ParsableCommand.Type)
    -> Never
  {
    let name = command.configuration.commandName ?? ""
    StandardError.write(
      """
      Error: \(error.message)
      Usage: \(Vxhop.usageString(for: command))
        See 'vxhop \(name) --help' for more information.

      """)
    exit(ExitStatus.usage.rawValue)
  }

  /// Large tables are made of pages that the system has filled with zeros. Otherwise, once one of them was freed, the
  /// next is made where it was, and all of it is filled anew.
  private static func keepLargeBlocksFresh() { mallopt(M_MMAP_THRESHOLD, 128 << 10) }

  /// Reading a mapped file beyond an end that has moved raises SIGBUS: a file that is cut while it is
  /// being read is no crash of the program.
  private static func endOnShrunkenFile() {
    signal(SIGBUS) { _ in
      let line: StaticString = "vxhop: a file became shorter while it was being read\n"
      unsafe write(STDERR_FILENO, line.utf8Start, line.utf8CodeUnitCount)
      _exit(ExitStatus.failure.rawValue)
    }
  }
}
