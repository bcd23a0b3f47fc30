import Dispatch
package import Trajectories

/// Hands packets on in a thread of its own, in their order, while the next ones are joined.
///
/// They are copied into batches that go round: as many as are not handed on yet, the joining waits for.
package final class TraceHandover: @unchecked Sendable {
  package typealias Take = (borrowing Trajectory, borrowing PointTable) -> Void

  /// Copies of packets, and the points that they name. Storage is reused.
  @safe
  private final class Batch {
    static let capacity = 256

    // Held by its address: a property that is an array would be checked for other users on each access.
    private let trajectories = UnsafeMutablePointer<Trajectory>.allocate(capacity: capacity)
    private(set) var count = 0
    private var points = PointTable()

    init() {
      unsafe trajectories.initialize(repeating: Trajectory(), count: Self.capacity)
    }

    deinit {
      unsafe trajectories.deinitialize(count: Self.capacity)
      unsafe trajectories.deallocate()
    }

    var isFull: Bool { count == Self.capacity }

    func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
      precondition(count < Self.capacity)
      if self.points.revision != points.revision { self.points = copy points }
      unsafe trajectories[count].replace(with: trajectory)
      count += 1
    }

    func empty(into take: Take) {
      let points = self.points
      for index in 0..<count { unsafe take(trajectories[index], points) }
      count = 0
    }
  }

  private static let batchCount = 4

  private let take: Take
  private let batches = (0..<batchCount).map { _ in Batch() }
  /// The batch that is being filled; those before it are the queue's, as far as they are not empty.
  private var current = 0
  private let queue = DispatchQueue(label: "vxhop.report")
  /// Counts the batches that are empty, besides the current one.
  private let vacant = DispatchSemaphore(value: batchCount - 1)

  package init(_ take: @escaping Take) {
    self.take = take
  }

  package func add(_ trajectory: borrowing Trajectory, points: borrowing PointTable) {
    batches[current].add(trajectory, points: points)
    if batches[current].isFull { handOn() }
  }

  /// Hands on what is left and waits until everything was taken.
  package func wait() {
    if batches[current].count > 0 { handOn() }
    queue.sync {}
  }

  private func handOn() {
    let full = current
    queue.async { [self] in
      batches[full].empty(into: take)
      vacant.signal()
    }
    vacant.wait()
    current = (current + 1) % Self.batchCount
  }
}
