/// Why packets cannot be captured: where, and what to do.
package struct LiveCaptureError: Error, CustomStringConvertible, Equatable {
  package enum Code: Sendable {
    case noSuchInterface
    case noSuchNamespace
    /// A capability is missing; the explanation names it.
    case notPermitted
    case wrongFilter
    /// The interface went away or was shut down while it was captured.
    case ended
    case system
  }

  package let code: Code
  /// The interface or namespace as it was named.
  package let subject: String
  package let explanation: String

  package init(_ code: Code, _ subject: String, _ explanation: String) {
    self.code = code
    self.subject = subject
    self.explanation = explanation
  }

  package var description: String { "\(subject): \(explanation)" }
}
