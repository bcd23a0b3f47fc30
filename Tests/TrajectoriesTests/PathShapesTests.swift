import Packets
import Testing

@testable import Trajectories

/// In a sample, a few packets stand for all that took the same way.
struct PathShapesTests {
  /// What a packet is remembered under that points, by number, saw at times given.
  private static func key(
    _ times: [Int64], change: (inout Observation) -> Void = { _ in }
  ) -> PathShapes.Key? {
    var window = ObservationWindow(limit: 1024)
    var rows = RowCopies()
    for (point, time) in times.enumerated() {
      var row = Observation()
      row.identity = 7
      row.timeToLive = 64
      row.point = UInt16(point)
      row.correctedTime = time
      change(&row)
      row.setHashes()
      withUnsafePointer(to: row) { window.append(rows.append($0, keeping: window.count)) }
    }
    var members = SlotList()
    for place in times.indices { members.append(window.slot(at: place)) }
    return PathShapes.sampleKey(of: members, in: window)
  }

  @Test func thoseLookedAtStandForAll() throws {
    let key = try #require(Self.key([10, 20, 30]))
    var shapes = PathShapes()
    var trajectory = Trajectory()
    trajectory.resize(to: 3)
    trajectory.outcome = .complete
    var looks: [Int] = []
    var packets = 0
    for number in 1...1000 where !shapes.isRepetition(key, version: 1) {
      looks.append(number)
      packets += shapes.takePending(key)
      #expect(packets == number)
      shapes.remember(key, version: 1, of: trajectory)
    }
    #expect(looks == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512])
  }

  /// What is known by now may show the same packet in another light.
  @Test func newKnowledgeIsLookedAtWith() throws {
    let key = try #require(Self.key([10, 20, 30]))
    var shapes = PathShapes()
    var trajectory = Trajectory()
    trajectory.outcome = .complete
    for _ in 1...3 where !shapes.isRepetition(key, version: 1) {
      shapes.remember(key, version: 1, of: trajectory)
    }
    let isKnown = shapes.isRepetition(key, version: 2)
    #expect(!isKnown)
    #expect(shapes.takePending(key) == 2)
  }

  @Test func theOrderOfTimeIsPartOfAWay() throws {
    let first = try #require(Self.key([10, 20, 30]))
    let later = try #require(Self.key([110, 125, 190]))
    let swapped = try #require(Self.key([20, 10, 30]))
    let equal = try #require(Self.key([10, 10, 30]))
    #expect(first.hash == later.hash)
    #expect(Set([first.hash, swapped.hash, equal.hash]).count == 3)
  }

  @Test func theAddressesOfLinkAndTunnelArePartOfAWay() throws {
    let times: [Int64] = [10, 20, 30]
    let first = try #require(Self.key(times))
    let link = try #require(Self.key(times) { $0.linkSource = 1 })
    let otherLink = try #require(Self.key(times) { $0.linkDestination = 1 })
    let tunnel = try #require(
      Self.key(times) { $0.tunnelSource = IPAddress(v4: 0x0a00_0001) })
    #expect(Set([first.hash, link.hash, otherLink.hash, tunnel.hash]).count == 4)
  }
}
