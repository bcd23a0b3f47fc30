/// A few port numbers in place: a decoder that holds them is copied without counting references.
package struct PortList: BitwiseCopyable, Sendable {
  /// Ports that there is room for; the command line says so when it is given more.
  package static let capacity = 8

  private var ports: InlineArray<8, UInt16> = .init(repeating: 0)
  private var count = 0

  /// Keeps the first `capacity` ports.
  package init(_ ports: [UInt16]) {
    for port in ports.prefix(Self.capacity) { append(port) }
  }

  /// Leaves out a port that there is no room for.
  package mutating func append(_ port: UInt16) {
    guard count < Self.capacity else { return }
    ports[count] = port
    count += 1
  }

  @inline(__always)
  func contains(_ port: UInt16) -> Bool {
    for index in 0..<count where ports[index] == port { return true }
    return false
  }
}
