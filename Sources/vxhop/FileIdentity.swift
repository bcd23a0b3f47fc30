import Glibc

/// What tells a regular file from all others, whatever name it goes by.
struct FileIdentity: Equatable {
  private let device: UInt
  private let number: UInt

  /// Nil for what is no regular file, or is not there.
  init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }
}
