import Dispatch

/// Hands bytes on in a thread of its own, one piece at a time, while the next piece is made.
@safe
final class BackgroundHandover: @unchecked Sendable {
  private let queue = DispatchQueue(label: "vxhop.writing")
  /// Down while a piece is handed on: what is below is then the queue's alone.
  private let idle = DispatchSemaphore(value: 1)
  private let take: (RawSpan) -> Bool
  private var isClosed = false

  init(_ take: @escaping (RawSpan) -> Bool) {
    self.take = take
  }

  /// Hands on a piece, after the one before it, and returns at once. The memory must stay as it is
  /// until the next call of this or of `wait` has returned. False once nothing is taken any more.
  func begin(_ piece: UnsafeRawBufferPointer) -> Bool {
    idle.wait()
    if isClosed {
      idle.signal()
      return false
    }
    nonisolated(unsafe) let piece = unsafe piece
    queue.async { [self] in
      isClosed = unsafe !take(piece.bytes)
      idle.signal()
    }
    return true
  }

  /// Waits until the last piece has been handed on; false once nothing is taken any more.
  func wait() -> Bool {
    idle.wait()
    defer { idle.signal() }
    return !isClosed
  }
}
