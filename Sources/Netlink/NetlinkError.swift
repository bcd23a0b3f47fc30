/// Why the kernel's tables could not be read.
package struct NetlinkError: Error, CustomStringConvertible, Equatable {
  /// What was being done: `read the routes`.
  let attempt: String
  /// The kernel's or the library's words.
  let explanation: String

  package var description: String {
    "cannot \(attempt): \(explanation)"
  }
}
