import ArgumentParser
import Glibc
import Reports

/// Where the report goes: standard output, or the file that `-o` names, opened guarded.
struct OutputFile: ~Copyable {
  let sink: OutputSink
  private let path: String?
  private let descriptor: Int32

  /// Throws rather than write into one of the files that are being read.
  init(path: String?, inputs: [String]) throws {
    if let path { try Self.refuse(path, among: inputs) }
    try self.init(path: path)
  }

  init(path: String?) throws {
    self.path = path
    guard let path, path != "-" else {
      descriptor = STDOUT_FILENO
      sink = OutputSink(fileDescriptor: STDOUT_FILENO)
      return
    }
    do throws(GuardedFileError) {
      descriptor = try GuardedFile.open(path)
    } catch {
      StandardError.print(error.description)
      throw ExitStatus.failure
    }
    sink = OutputSink(fileDescriptor: descriptor)
  }

  private static func refuse(_ path: String, among inputs: [String]) throws {
    guard let file = FileIdentity(path: path),
      inputs.contains(where: { FileIdentity(path: $0) == file })
    else { return }
    throw ValidationError("'\(path)' is an input: write to another file.")
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Whether more than ASCII can be shown: in a file always, on a terminal if its locale says so.
  var isUnicode: Bool {
    guard isTerminal else { return true }
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { continue }
      let locale = unsafe String(cString: value).lowercased()
      return locale.contains("utf-8") || locale.contains("utf8")
    }
    return false
  }

  /// Columns of the terminal; nil if it is none.
  var width: Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  /// Closes the file; throws if anything could not be written. A reader that went away is no failure.
  consuming func close() throws {
    var failure = sink.errorNumber
    if descriptor != STDOUT_FILENO && Glibc.close(descriptor) != 0 { failure = failure ?? errno }
    guard let failure else { return }
    StandardError.print(GuardedFileError(path ?? "standard output", failure).description)
    throw ExitStatus.failure
  }
}
