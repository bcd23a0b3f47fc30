import ArgumentParser
import FoundationEssentials
import Glibc
import Reports

/// A collector that takes traces over HTTP (OTLP/HTTP with JSON).
///
/// The requests are made by `curl`, which knows proxies, certificates and HTTP better than a small
/// client of our own could, and weighs nothing for those who do not send traces.
final class OTLPEndpoint {
  let url: String
  private var request: [UInt8] = []
  /// Why nothing more is sent.
  private(set) var failure: String?
  private(set) var rejectedSpans = 0

  private static let attempts = 5
  /// What the specification of OTLP/HTTP lets a client try again.
  private static let temporary = [429, 502, 503, 504]

  /// Takes a base address or the full one of the traces: `http://host:4318`.
  init(parsing text: String) throws {
    let isWeb = text.hasPrefix("http://") || text.hasPrefix("https://")
    guard isWeb, let host = URL(string: text)?.host(), !host.isEmpty else {
      throw ValidationError("'\(text)' is no address: use http://HOST:4318 or https://….")
    }
    let afterScheme = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)[2]
    let path = afterScheme.drop { $0 != "/" }
    url =
      path.isEmpty || path == "/"
      ? text + (path.isEmpty ? "/" : "") + "v1/traces" : text
  }

  /// Gathers a report and sends each of its lines.
  var sink: OutputSink {
    OutputSink { [self] bytes in
      for index in 0..<bytes.byteCount {
        let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
        if byte == UInt8(ascii: "\n") {
          send()
        } else {
          request.append(byte)
        }
      }
    }
  }

  private func send() {
    defer { request.removeAll(keepingCapacity: true) }
    for attempt in 1...Self.attempts where failure == nil {
      guard let answer = post() else { return }
      switch answer.status {
      case 200..<300:
        rejectedSpans += answer.rejectedSpans
        return
      case let status where Self.temporary.contains(status) && attempt < Self.attempts:
        pause(after: attempt, asked: answer.retryAfter)
      default:
        failure = "answered with status \(answer.status): \(answer.text.prefix(200))"
      }
    }
  }

  /// As long as the collector asks, else twice as long each time, and somewhat more so that many
  /// senders do not come back at once.
  private func pause(after attempt: Int, asked: UInt32?) {
    if let asked {
      sleep(asked)
    } else {
      let seconds = UInt32(1) << UInt32(attempt - 1)
      sleep(seconds)
      usleep(UInt32.random(in: 0..<seconds * 250_000))
    }
  }

  private func post() -> Answer? {
    let program = HelperProgram(
      "curl",
      [
        "--silent", "--show-error", "--globoff", "--max-time", "60", "--header",
        "Content-Type: application/json", "--header", "Expect:", "--data-binary", "@-",
        "--write-out", "\n%{http_code} %header{retry-after}", "--", url,
      ], secondsAtMost: 70)
    switch program.run(input: request) {
    case .ended(let result):
      if result.status == 0, let answer = Answer(result.output) { return answer }
      failure = "cannot be reached (\(result.message))"
    case .notStarted:
      failure = "cannot be reached without curl: install it, or send the file that -o writes"
    case .tookTooLong:
      failure = "gave no answer"
    }
    return nil
  }

  /// What the collector says.
  private struct Answer {
    let status: Int
    let text: String
    var retryAfter: UInt32?
    var rejectedSpans = 0

    /// The body, a line feed, the status and the seconds to wait.
    init?(_ output: [UInt8]) {
      guard let end = output.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
      let words = String(decoding: output[(end + 1)...], as: UTF8.self).split(separator: " ")
      guard let status = words.first.flatMap({ Int($0) }) else { return nil }
      self.status = status
      text = String(decoding: output[..<end], as: UTF8.self)
      retryAfter = words.dropFirst().first.flatMap { UInt32($0) }.map { min($0, 60) }
      let body = try? JSONDecoder().decode(Body.self, from: Data(output[..<end]))
      rejectedSpans = body?.partialSuccess?.rejectedSpans?.value ?? 0
    }

    private struct Body: Decodable {
      let partialSuccess: PartialSuccess?
    }

    private struct PartialSuccess: Decodable {
      let rejectedSpans: Count?
    }

    /// A 64-bit number, which JSON may have as text.
    private struct Count: Decodable {
      let value: Int

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
          value = number
        } else {
          value = Int(try container.decode(String.self)) ?? 0
        }
      }
    }
  }
}
