import ArgumentParser
import Glibc

/// Runs the command and turns how it ended into an exit status.
@main
enum Main {
  static func main() {
    do {
      let words = CommandWords.rewritten(Array(CommandLine.arguments.dropFirst()))
      var command = try Vxhop.parseAsRoot(words)
      try command.run()
    } catch let status as ExitStatus {
      exit(status.rawValue)
    } catch {
      // What the parser throws: help and version are no failure, a wrong command line is 64.
      Vxhop.exit(withError: error)
    }
  }
}
