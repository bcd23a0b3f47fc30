import Dispatch
import Synchronization

/// Hands bytes on in a thread of its own, one piece after the other, while the next pieces are made.
///
/// Several pieces may wait, so that the thread need not wait for the next one each time.
@safe
final class BackgroundHandover: @unchecked Sendable {
  private let queue = DispatchQueue(label: "vxhop.writing")
  /// Counts the places for pieces that are vacant, besides that of the next piece.
  private let vacant: DispatchSemaphore
  private let take: (RawSpan) -> Bool
  private let isClosed = Atomic(false)

  /// `placeCount` places in turn are the pieces'.
  init(placeCount: Int, _ take: @escaping (RawSpan) -> Bool) {
    vacant = DispatchSemaphore(value: placeCount - 1)
    self.take = take
  }

  /// Hands on a piece, after those before it, and returns once the next place in turn is vacant. The memory
  /// must stay as it is until its turn comes again. False once nothing is taken any more.
  func begin(_ piece: UnsafeRawBufferPointer) -> Bool {
    nonisolated(unsafe) let piece = unsafe piece
    queue.async { [self] in
      if isTaking {
        let takesMore = unsafe take(piece.bytes)
        if !takesMore { isClosed.store(true, ordering: .relaxed) }
      }
      vacant.signal()
    }
    vacant.wait()
    return isTaking
  }

  /// Waits until the last piece has been handed on; false once nothing is taken any more.
  func wait() -> Bool {
    queue.sync {}
    return isTaking
  }

  private var isTaking: Bool { !isClosed.load(ordering: .relaxed) }
}
