import ArgumentParser
import Captures
import Filters
import Glibc
import Packets
import Reports
import Topology
import Trajectories

/// `vxhop trace`: from captures to a report of each packet's hops.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Reports which hops each packet of the captures crossed, and where it was lost.",
    discussion: """
      Captures from several points of a network are joined: the packets inside VXLAN on a NIC and the \
      plain ones on pods' veths, cni0 and flannel.1 are recognised as the same by IP ID and sequence.

        vxhop trace node1-*.pcap node2-*.pcap
        vxhop trace node1/cni0=a.pcap node2/eth0=b.pcap tcp port 80 and host 10.244.2.10
        vxhop trace --format json n1-any.pcap n2-any.pcap --snapshot n1=n1.link.json

      Exit status: 0 the analysis ran to its end; 1 with --exit-code, a packet was lost; 2 an input \
      could not be read to its end; 64 the command line is wrong.
      """)

  @OptionGroup var options: TraceOptions

  func run() throws {
    let split = InnerPacketFilter.splitWords(options.words)
    let filter = try compileFilter(split.filter)
    let inputs = try makeInputs(split.inputs)
    var analysisOptions = AnalysisOptions()
    analysisOptions.filter = filter
    analysisOptions.window = Int64(options.window * 1e9)
    analysisOptions.decoding.vxlanPorts += options.vxlanPorts
    let frame = try options.frame.map { (file: try $0.file(among: inputs), frame: $0.frame) }

    let analysis = TraceAnalysis(inputs: inputs, options: analysisOptions)
    analysis.prepare()
    let isPartlyRead = !analysis.errors.isEmpty
    for error in analysis.errors { StandardError.print(error.description) }
    guard analysis.hasOpenInput else { throw ExitStatus.failure }
    _ = (frame, isPartlyRead)
  }

  private func compileFilter(_ words: String?) throws -> InnerPacketFilter? {
    guard words == nil || options.filter == nil else {
      throw ValidationError("The filter is given twice: as words and by --filter.")
    }
    guard let expression = words ?? options.filter else { return nil }
    do throws(FilterError) {
      return try InnerPacketFilter(expression: expression)
    } catch {
      throw ValidationError(error.description)
    }
  }

  private func makeInputs(_ words: [String]) throws -> [TraceInput] {
    let snapshots = try Snapshots.read(options.snapshot)
    let naming = PointNaming(
      nodes: Set(snapshots.keys), interfaces: Set(snapshots.values.flatMap { $0.links.map(\.name) }))
    return words.map { word in
      TraceInput(
        name: InputName(word) { unsafe access($0, F_OK) == 0 }, naming: naming, snapshots: snapshots)
    }
  }
}
