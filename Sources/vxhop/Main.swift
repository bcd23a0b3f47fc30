import ArgumentParser
import Glibc

/// Runs the command and turns how it ended into an exit status.
@main
enum Main {
  static func main() {
    endOnShrunkenFile()
    do {
      let words = CommandWords.rewritten(Array(CommandLine.arguments.dropFirst()))
      var command = try Vxhop.parseAsRoot(words)
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
