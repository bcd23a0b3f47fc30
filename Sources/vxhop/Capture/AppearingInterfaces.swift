import Glibc
import LiveCapture
import Topology

/// Notices interfaces of this node that were not there when the capture began.
struct AppearingInterfaces {
  /// Nanoseconds between looks.
  private static let interval: Int64 = 2_000_000_000

  private var known = Self.names()
  private var nextLook = WallClock.now + Self.interval

  /// Those that have appeared since the last time, looked for every few seconds.
  mutating func found() -> [String] {
    guard WallClock.now >= nextLook else { return [] }
    nextLook = WallClock.now + Self.interval
    let now = Self.names()
    defer { known = now }
    return now.subtracting(known).sorted()
  }

  private static func names() -> Set<String> {
    guard let list = unsafe if_nameindex() else { return [] }
    defer { unsafe if_freenameindex(list) }
    var names: Set<String> = []
    var entry = unsafe list
    while let name = unsafe entry.pointee.if_name {
      unsafe names.insert(String(cString: name).printable)
      unsafe entry += 1
    }
    return names
  }
}
