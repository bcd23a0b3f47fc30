import Captures
import Packets

/// Puts outer packets together that one input holds in fragments, so that what they encapsulate is seen.
///
/// Each point has a reassembly of its own: the same fragments pass several. What was given up comes out
/// late, but within the time that packets are joined in.
struct OuterFragments {
  /// A fragment that stays one: what it was decoded to is an observation after all.
  struct Released {
    let held: HeldFragment
    /// Index of the point among the input's.
    let local: Int
  }

  private let limits: FragmentReassembly.Limits
  /// By index of the point among the input's.
  private var points: [Int: FragmentReassembly] = [:]
  private var released: [Released] = []
  private var firstReleased = 0

  /// - Parameter lifetime: how long a packet's other fragments are waited for, in nanoseconds.
  init(lifetime: Int64) {
    var limits = FragmentReassembly.Limits()
    limits.lifetime = lifetime
    self.limits = limits
  }

  var hasReleased: Bool { firstReleased < released.count }

  /// Takes out the fragment that was released first.
  mutating func removeReleased() -> Released? {
    guard hasReleased else {
      released.removeAll(keepingCapacity: true)
      firstReleased = 0
      return nil
    }
    firstReleased += 1
    return released[firstReleased - 1]
  }

  /// Takes a fragment's frame of a point.
  mutating func add(
    _ record: borrowing CaptureRecord, _ summary: PacketSummary, at local: Int
  ) -> FragmentReassembly.Outcome {
    let outcome = points[local, default: FragmentReassembly(limits: limits)].add(
      frame: record.bytes, summary: summary, time: record.time, frameNumber: record.frame)
    noteReleased(at: local)
    return outcome
  }

  /// The point's reassembly, whose last fragment completed a packet.
  func completed(at local: Int) -> FragmentReassembly? { points[local] }

  /// Gives up all that is incomplete: the input is at its end.
  mutating func finish() {
    for local in points.keys.sorted() {
      points[local]?.finish()
      noteReleased(at: local)
    }
    points.removeAll()
  }

  private mutating func noteReleased(at local: Int) {
    guard let fragments = points[local]?.released, !fragments.isEmpty else { return }
    released.append(contentsOf: fragments.map { Released(held: $0, local: local) })
  }
}
