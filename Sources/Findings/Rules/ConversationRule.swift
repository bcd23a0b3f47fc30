import Packets
import Topology
import Trajectories

/// What requests and their answers show: answers under an address that the client does not know (catalogue
/// 25, 27, 33), and pods that refuse or stay silent (C11).
enum ConversationRule {
  static func apply(_ book: inout Casebook) {
    var findings: [Finding] = []
    for row in book.conversations {
      guard let code = code(for: row, in: book) else { continue }
      let nodes = nodes(of: row, in: book)
      let isAnswer = CatalogueEntry.entry(for: code).severity == .error
      let direction =
        isAnswer
        ? Finding.Direction(source: nodes.server, destination: nodes.client)
        : Finding.Direction(source: nodes.client, destination: nodes.server)
      let point = isAnswer ? row.firstPoint : row.lastPoint
      let summary = summary(code, row, in: book)
      let finding = book.finding(
        code, confidence: isAnswer ? .high : .medium, point: point, direction: direction,
        packets: packets(code, row), node: isAnswer ? nodes.client : nodes.server,
        evidence: [row.requestFrame] + [row.answerFrame].compactMap(\.self), summary: summary)
      if let known = findings.firstIndex(where: { $0.code == code && $0.summary == summary }) {
        findings[known].merge(finding)
      } else {
        findings.append(finding)
      }
    }
    for finding in findings { book.report(finding) }
  }

  private static func code(for row: Conversation, in book: Casebook) -> FindingCode? {
    if row.strangeAnswers > 0 && row.answers == 0 {
      let nodes = nodes(of: row, in: book)
      let isOneNode = nodes.client == nodes.server
      return isOneNode ? .serviceReplyUntranslated : .replyBypassesNAT
    }
    // Without the client's own point nobody saw what the answers were translated to.
    if row.knownAnswers > 0 && row.strangeResets > 0 { return .conntrackInvalidReset }
    guard row.client.transportProtocol == 6, row.delivered > 0 else { return nil }
    if row.serverResets > 0 && row.answers <= row.serverResets { return .podRefuses }
    // What comes with a wrong checksum the pod's kernel drops.
    if row.delivered > 1 && row.answers == 0 && row.serverResets == 0 {
      return isSpoilt(row, in: book) ? nil : .podSilent
    }
    return nil
  }

  private static func isSpoilt(_ row: Conversation, in book: Casebook) -> Bool {
    let nodes = nodes(of: row, in: book)
    return book.findings.contains {
      $0.code == .innerChecksumWrong
        && ($0.direction?.source ?? nodes.client) == nodes.client
        && $0.direction?.destination == nodes.server
    }
  }

  private static func nodes(of row: Conversation, in book: Casebook) -> (client: Int?, server: Int?)
  {
    let (first, last) = (book.table[row.firstPoint], book.table[row.lastPoint])
    // What was seen on its way to a pod only may come from anywhere.
    let isLeaving =
      first.node != last.node || first.role.distanceFromPod < last.role.distanceFromPod
      || first.role.isPodEnd && last.role.isPodEnd && row.firstPoint != row.lastPoint
    return (
      isLeaving ? first.node : book.surroundings.node(of: row.client.address),
      book.surroundings.node(of: row.backend.address)
    )
  }

  private static func packets(_ code: FindingCode, _ row: Conversation) -> UInt64 {
    switch code {
    case .podRefuses, .podSilent: row.requests
    case .conntrackInvalidReset: row.strangeResets
    default: row.strangeAnswers
    }
  }

  private static func summary(
    _ code: FindingCode, _ row: Conversation, in book: Casebook
  ) -> String {
    let (service, backend) = (row.server, row.backend)
    switch code {
    case .podRefuses: return "\(backend) refuses connections: the overlay works, the pod says no"
    case .podSilent:
      return "requests reach \(backend) and nothing comes back: the answer is in the pod"
    case .conntrackInvalidReset:
      return "answers of \(backend) escape translation back to \(service), and the client resets"
        + " the connection"
    default:
      return "answers to requests for \(service) come from \(backend), which the client did not ask"
    }
  }
}
