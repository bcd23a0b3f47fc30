import ArgumentParser
import Packets

/// The option for UDP ports that carry VXLAN, besides the usual ones.
struct VXLANPortOptions: ParsableArguments {
  @Option(
    name: .customLong("vxlan-port"),
    help: "A UDP port that carries VXLAN, besides 8472 and 4789. May be repeated.")
  var numbers: [UInt16] = []

  /// The same as words of a command line.
  var words: [String] { numbers.flatMap { ["--vxlan-port", String($0)] } }

  func validate() throws {
    let limit = PortList.capacity - 2
    guard numbers.count <= limit else {
      throw ValidationError("--vxlan-port may be given \(limit) times.")
    }
  }
}
