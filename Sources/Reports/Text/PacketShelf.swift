import Trajectories

/// The packets that a text report will show one by one.
///
/// With no wish of the user's: of each of the first places where packets are lost the first one,
/// else the first that could not be judged, else the one with the longest path.
struct PacketShelf {
  /// More packets than this do not wait for the picture of all to be written first.
  static let limit = 1000
  private static let exampleLimit = 3

  private let selection: PacketSelection?
  /// Whether any packet may have a place here.
  let takesAny: Bool
  private(set) var packets: [Trajectory] = []
  private var lossPlaces: [UInt32] = []
  private var partialExample: Trajectory?
  private var completeExample: Trajectory?
  private var taken = 0

  init(selection: PacketSelection?) {
    self.selection = selection
    takesAny = selection != PacketSelection.none
  }

  var isFull: Bool { packets.count >= Self.limit }

  mutating func add(_ trajectory: borrowing Trajectory) {
    guard let selection else {
      addExample(trajectory)
      return
    }
    guard selection.includes(trajectory, after: taken) else { return }
    taken += 1
    packets.append(copy trajectory)
  }

  mutating func removeAll() { packets.removeAll(keepingCapacity: true) }

  /// What there is to show at the end.
  func final(isFew: Bool) -> [Trajectory] {
    if selection != nil || !packets.isEmpty { return packets }
    if let partialExample { return [partialExample] }
    return isFew ? [completeExample].compactMap(\.self) : []
  }

  private mutating func addExample(_ trajectory: borrowing Trajectory) {
    switch trajectory.outcome {
    case .lost:
      guard packets.count < Self.exampleLimit, let next = trajectory.expectedNext else { return }
      let last = trajectory.hops[trajectory.lastSeen].observation.point
      let place = UInt32(last) << 16 | UInt32(next)
      guard !lossPlaces.contains(place) else { return }
      lossPlaces.append(place)
      packets.append(copy trajectory)
    case .partial:
      if partialExample == nil { partialExample = copy trajectory }
    case .complete:
      if trajectory.hops.count > completeExample?.hops.count ?? 0 {
        completeExample = copy trajectory
      }
    case .notJudged:
      return
    }
  }
}
