import Trajectories

/// Which single packets a report shows.
package enum PacketSelection: Equatable, Sendable {
  case all
  case lost
  case first(Int)
  case none

  /// As the command line says it: `all`, `lost`, `none`, or a number.
  package init?(_ text: String) {
    switch text {
    case "all": self = .all
    case "lost": self = .lost
    case "none": self = .none
    default:
      guard let count = Int(text), count >= 0 else { return nil }
      self = .first(count)
    }
  }

  /// Whether a packet is shown when `count` were before it.
  func includes(_ trajectory: borrowing Trajectory, after count: Int) -> Bool {
    switch self {
    case .all: true
    case .lost: trajectory.outcome == .lost
    case .first(let limit): count < limit
    case .none: false
    }
  }
}
