import Glibc

/// What tells a regular file from all others, whatever name it goes by.
struct FileIdentity: Equatable {
  private let device: UInt
  private let number: UInt

  /// Nil for what is no regular file, or is not there; `-` is standard input.
  init?(path: String) {
    var status = stat()
    let answer = unsafe path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)
    guard answer == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }
}
