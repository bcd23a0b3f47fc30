import Topology

/// What one reading of an input found out about its interfaces, for the next one.
struct KnownInterfaces: Sendable {
  /// What captures that do not name interfaces show of the network.
  var cookedNetwork = CookedNetwork()
  private var names: [(recorded: String?, name: PointName)] = []

  /// The name of the interface of a number that was recorded as `recorded`; nil if it was not met.
  func name(ofNumber number: Int, recorded: String?) -> PointName? {
    guard number < names.count, names[number].recorded == recorded else { return nil }
    return names[number].name
  }

  mutating func add(_ name: PointName, recorded: String?) { names.append((recorded, name)) }
}
