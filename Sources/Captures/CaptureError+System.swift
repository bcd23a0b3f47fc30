import Glibc

extension CaptureError {
  /// A failed system call.
  static func system(
    _ errorNumber: Int32, path: String, byteOffset: UInt64? = nil
  ) -> CaptureError {
    let code: Code
    let explanation: String
    switch errorNumber {
    case ENOENT:
      code = .notFound
      explanation = "no such file"
    case EACCES, EPERM:
      code = .permissionDenied
      explanation = "permission denied: captures are often readable by root only"
    case EISDIR:
      code = .isDirectory
      explanation = "is a directory: a pcap or pcapng file expected"
    default:
      code = .unreadable
      explanation = "cannot be read: \(unsafe String(cString: strerror(errorNumber)))"
    }
    return CaptureError(
      code: code, path: path, frame: nil, byteOffset: byteOffset, explanation: explanation)
  }
}
