import Packets
import Trajectories

/// A TCP connection being opened, or UDP to a translated address, by its client's end.
struct Conversation: Sendable {
  let client: Endpoint
  /// Whom the client addressed, and whom the packet reached.
  let server: Endpoint
  let backend: Endpoint
  /// Points that saw the first request first and last.
  let firstPoint: UInt16
  let lastPoint: UInt16
  var requests: UInt64 = 0
  /// Requests that reached the server's interface.
  var delivered: UInt64 = 0
  /// Answers under the address that the client knows, and under another.
  var answers: UInt64 = 0
  var strangeAnswers: UInt64 = 0
  /// Those of `answers` that were seen under the address that the client knows.
  var knownAnswers: UInt64 = 0
  var serverResets: UInt64 = 0
  /// Resets that the client sent to the address that it does not know.
  var strangeResets: UInt64 = 0
  let requestFrame: FrameReference
  var answerFrame: FrameReference?

  var isTranslated: Bool { server != backend }
}

/// An address and a port.
struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  var address: IPAddress
  var port: UInt16
  var transportProtocol: UInt8

  init(sourceOf row: Observation) {
    address = row.source
    port = row.sourcePort
    transportProtocol = row.transportProtocol
  }

  init(destinationOf row: Observation) {
    address = row.destination
    port = row.destinationPort
    transportProtocol = row.transportProtocol
  }

  /// `10.42.1.2:80`, `[fd00::2]:80`
  var description: String { address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}

/// Requests and what came back, as far as findings need it; bounded. Packets may come in any order.
struct ConversationTable: Sendable {
  static let limit = 8192
  private static let arrivalLimit = 8

  /// Packets of one sender that arrived at an endpoint.
  private struct Arrival: Sendable {
    var sender: Endpoint
    var point: UInt16
    var isReset: Bool
    var count: UInt64 = 0
    var frame: FrameReference
  }

  private var requests: [Conversation] = []
  private var index: [Endpoint: Int] = [:]
  private var arrivals: [Endpoint: [Arrival]] = [:]
  /// Whether any UDP datagram was translated: then answers are looked at.
  private(set) var hasTranslatedDatagrams = false

  /// Takes a TCP segment with SYN or RST, or any UDP datagram while some were translated.
  mutating func add(_ trajectory: borrowing Trajectory, first: Int) {
    let origin = trajectory.hops[first].observation
    let last = trajectory.hops[trajectory.lastSeen].observation
    let isConnecting = origin.transportProtocol == 6 && origin.tcpFlags & 0x16 == 0x02
    let isTranslated =
      origin.transportProtocol == 17 && origin.destination != last.destination
    if isTranslated { hasTranslatedDatagrams = true }
    if isConnecting || isTranslated {
      addRequest(origin, last, isDelivered: trajectory.delivered == true)
    } else {
      addArrival(last)
    }
  }

  private mutating func addRequest(_ origin: Observation, _ last: Observation, isDelivered: Bool) {
    let client = Endpoint(sourceOf: origin)
    let row = index[client] ?? requests.count
    if row == requests.count {
      guard requests.count < Self.limit else { return }
      index[client] = row
      requests.append(
        Conversation(
          client: client, server: Endpoint(destinationOf: origin),
          backend: Endpoint(destinationOf: last), firstPoint: origin.point, lastPoint: last.point,
          requestFrame: FrameReference(file: origin.file, frame: origin.frame)))
    }
    requests[row].requests += 1
    if isDelivered { requests[row].delivered += 1 }
  }

  private mutating func addArrival(_ last: Observation) {
    let receiver = Endpoint(destinationOf: last)
    guard arrivals.count < 2 * Self.limit || arrivals[receiver] != nil else { return }
    var arrival = Arrival(
      sender: Endpoint(sourceOf: last), point: last.point,
      isReset: last.transportProtocol == 6 && last.tcpFlags & 0x04 != 0,
      frame: FrameReference(file: last.file, frame: last.frame))
    let known = arrivals[receiver]?.firstIndex {
      $0.sender == arrival.sender && $0.point == arrival.point && $0.isReset == arrival.isReset
    }
    if let known {
      arrivals[receiver]?[known].count += 1
    } else if arrivals[receiver]?.count ?? 0 < Self.arrivalLimit {
      arrival.count = 1
      arrivals[receiver, default: []].append(arrival)
    }
  }

  /// All requests with what came back.
  func conversations() -> [Conversation] {
    requests.map { request in
      var row = request
      for arrival in arrivals[row.client] ?? [] { add(arrival, to: &row) }
      let resets = arrivals[row.backend]?.filter { $0.isReset && $0.sender == row.client } ?? []
      if row.isTranslated { row.strangeResets = resets.reduce(0) { $0 + $1.count } }
      return row
    }
  }

  private func add(_ arrival: Arrival, to row: inout Conversation) {
    guard arrival.sender == row.server || arrival.sender == row.backend else { return }
    if arrival.isReset { row.serverResets += arrival.count }
    if arrival.sender == row.server { row.knownAnswers += arrival.count }
    // Before it is back where the request was seen first, the answer may still be translated.
    if arrival.sender == row.server || arrival.point != row.firstPoint {
      row.answers += arrival.count
    } else {
      row.strangeAnswers += arrival.count
      row.answerFrame = arrival.frame
    }
  }
}
