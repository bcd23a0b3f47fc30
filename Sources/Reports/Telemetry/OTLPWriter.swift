import Packets
import Topology
import Trajectories

/// Writes traces in OpenTelemetry's JSON (opentelemetry-proto, trace/v1): 64-bit numbers as strings,
/// enumerations as numbers, identifiers in hexadecimal.
struct OTLPWriter: ~Copyable {
  private var buffer: OutputBuffer
  private let files: [String]
  private let addresses: AddressNames

  init(files: [String], addresses: AddressNames, sink: OutputSink) {
    self.addresses = addresses
    buffer = OutputBuffer(sink: sink)
    self.files = files
  }

  /// Writes one request, on a line of its own.
  mutating func write(_ trajectories: [Trajectory], points: borrowing PointTable) {
    var spans: [Int: [OTLPSpan]] = [:]
    for trajectory in trajectories {
      let own = OTLPSpan.spans(
        of: trajectory, files: files, addresses: addresses, points: points)
      for (node, span) in own {
        spans[node, default: []].append(span)
      }
    }
    buffer.append("{\"resourceSpans\":[")
    for (index, node) in spans.keys.sorted().enumerated() {
      if index > 0 { buffer.append(",") }
      writeResource(points.nodes[node], spans[node] ?? [])
    }
    buffer.append("]}\n")
    buffer.flush()
  }

  private mutating func writeResource(_ node: String, _ spans: [OTLPSpan]) {
    buffer.append("{\"resource\":{\"attributes\":[")
    write([
      ("service.name", .text(node)), ("service.namespace", .text("vxhop")),
      ("k8s.node.name", .text(node)),
    ])
    buffer.append("]},\"scopeSpans\":[{\"scope\":{\"name\":\"vxhop\"},\"spans\":[")
    for (index, span) in spans.enumerated() {
      if index > 0 { buffer.append(",") }
      write(span)
    }
    buffer.append("]}]}")
  }

  private mutating func write(_ span: OTLPSpan) {
    buffer.append("{\"traceId\":")
    write(span.trace)
    buffer.append(",\"spanId\":")
    write(span.identifier)
    if let parent = span.parent {
      buffer.append(",\"parentSpanId\":")
      write(parent)
    }
    buffer.append(",\"name\":")
    write(span.name)
    buffer.append(",\"kind\":1,\"startTimeUnixNano\":\"")
    buffer.append(UInt64(max(0, span.start)))
    buffer.append("\",\"endTimeUnixNano\":\"")
    buffer.append(UInt64(max(0, span.start, span.end)))
    buffer.append("\",\"attributes\":[")
    write(span.attributes)
    buffer.append("],\"status\":{")
    if let error = span.error {
      buffer.append("\"code\":2,\"message\":")
      write(error)
    }
    buffer.append("}}")
  }

  private mutating func write(_ attributes: [OTLPSpan.Attribute]) {
    for (index, attribute) in attributes.enumerated() {
      if index > 0 { buffer.append(",") }
      buffer.append("{\"key\":\"")
      buffer.append(attribute.key)
      buffer.append("\",\"value\":{")
      switch attribute.value {
      case .text(let text):
        buffer.append("\"stringValue\":")
        write(text)
      case .number(let number):
        buffer.append("\"intValue\":\"")
        buffer.append(number)
        buffer.append("\"")
      case .flag(let flag):
        buffer.append("\"boolValue\":")
        buffer.append(flag)
      }
      buffer.append("}}")
    }
  }

  private mutating func write(_ text: String) { buffer.append(JSONText.quoted(text)) }
}
