import Foundation
import TestSupport
import Testing

@testable import Reports
@testable import Trajectories

@Suite struct OTLPReportTests {
  private func spans(_ output: Collector) throws -> [[String: Any]] {
    try output.objects().flatMap { request in
      (request["resourceSpans"] as? [[String: Any]] ?? []).flatMap { resource in
        (resource["scopeSpans"] as? [[String: Any]] ?? []).flatMap {
          $0["spans"] as? [[String: Any]] ?? []
        }
      }
    }
  }

  /// A trace for each packet, a span for each hop below that of the whole way.
  @Test(arguments: FixtureAnalysis.folders)
  func hasASpanForEachHop(folder: String) throws {
    let files = try FixtureAnalysis.captures(of: folder)
    let output = Collector()
    let report = OTLPReport(files: files, selection: .all, sink: output.sink)
    let trajectories = FixtureAnalysis.run(FixtureAnalysis.analysis(of: files), into: report)
    let spans = try spans(output)
    #expect(spans.count == trajectories.reduce(0) { $0 + 1 + $1.hops.count })
    let traces = Dictionary(grouping: spans) { $0["traceId"] as? String ?? "" }
    #expect(traces.count == trajectories.count)
    for (identifier, members) in traces {
      #expect(identifier.wholeMatch(of: /[0-9a-f]{32}/) != nil)
      let roots = members.filter { $0["parentSpanId"] == nil }
      #expect(roots.count == 1)
      for span in members where span["parentSpanId"] != nil {
        #expect(span["parentSpanId"] as? String == roots[0]["spanId"] as? String)
      }
      for span in members {
        #expect((span["spanId"] as? String)?.wholeMatch(of: /[0-9a-f]{16}/) != nil)
        let start = Int64(span["startTimeUnixNano"] as? String ?? "")
        let end = Int64(span["endTimeUnixNano"] as? String ?? "")
        #expect(try #require(start) <= #require(end))
      }
    }
    let failed = spans.filter { ($0["status"] as? [String: Any])?["code"] as? Int == 2 }
    #expect(failed.count == 2 * trajectories.count { $0.outcome == .lost })
  }

  @Test func samplesByDefault() throws {
    let output = Collector()
    let report = OTLPReport(files: TraceBuilder.files, sink: output.sink)
    for number in 1...5000 as ClosedRange<UInt64> {
      var trajectory = TraceBuilder.example()
      trajectory.number = number
      report.add(trajectory, points: TraceBuilder.points)
    }
    report.finish(TraceBuilder.facts(), points: TraceBuilder.points)
    #expect(try spans(output).count <= 300)
  }

  // MARK: A collector

  /// Runs a script in a network namespace of its own, where only it can listen and be reached.
  private func alone(_ script: String) throws -> ChildProcess {
    try ChildProcess(
      "unshare", ["--net", "sh", "-c", "ip link set lo up; " + script],
      in: Checkout.folder.appending(path: "Fixtures/demo"))
  }

  static let hasNamespaces =
    geteuid() == 0 && (try? ChildProcess("unshare", ["--net", "true"]).status) == 0
    && Tool.exists("curl")

  /// Answers as its arguments tell, one after the other, and prints how many spans came.
  private static let server = """
    import http.server, json, sys
    answers = [int(word) for word in sys.argv[1:]]
    class Handler(http.server.BaseHTTPRequestHandler):
      def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        spans = sum(len(s['spans']) for r in body['resourceSpans'] for s in r['scopeSpans'])
        status = answers.pop(0)
        print(status, self.path, self.headers['Content-Type'], spans, flush=True)
        self.send_response(status)
        if status != 429: self.send_header('Retry-After', '0')
        self.end_headers()
        self.wfile.write(b'{"partialSuccess":{"rejectedSpans":"3"}}' if status == 200 else b'no')
      def log_message(self, *words): pass
    http.server.HTTPServer(('127.0.0.1', 4318), Handler).serve_forever()
    """

  @Test(
    .enabled(if: hasNamespaces || Tool.isContinuousIntegration, "needs root and curl"),
    arguments: [
      ("200", Int32(0), ["200"], "rejected 3 spans"),
      ("503 429 502 504 200", 0, ["503", "429", "502", "504", "200"], "rejected 3 spans"),
      ("503 503 503 503 503 200", 2, ["503", "503", "503", "503", "503"], "status 503: no"),
      ("500 200", 2, ["500"], "status 500: no"),
      ("400 200", 2, ["400"], "answered with status 400: no"),
    ])
  func sendsToACollector(
    answers: String, status: Int32, received: [String], message: String
  ) throws {
    let server = try TemporaryFile(Array(Self.server.utf8))
    let process = try alone(
      """
      timeout 60 python3 \(server.path) \(answers) & server=$!
      for i in 1 2 3 4 5 6 7 8 9 10; do
        if ss -ltnH | grep -q 4318; then break; fi; sleep 0.5
      done
      \(Checkout.program) trace *.pcap --format otlp --packets 5 \
        --otlp-endpoint http://127.0.0.1:4318
      status=$?; kill $server; exit $status
      """)
    #expect(process.status == status)
    let lines = String(decoding: process.output, as: UTF8.self).split(separator: "\n")
    #expect(lines.map { $0.prefix(3) } == received.map { $0[...] })
    #expect(lines.allSatisfy { $0.contains("/v1/traces application/json") })
    #expect(process.errors.contains(message))
  }

  /// A collector of the field takes all of it and shows the packet's way.
  @Test(
    .enabled(
      if: hasNamespaces && Tool.hasPython(module: "rotel") || Tool.isContinuousIntegration,
      "needs root, curl and the Python package rotel"))
  func isAcceptedByRotel() throws {
    let process = try alone(
      """
      agent=$(python3 -c 'import rotel, os; print(os.path.dirname(rotel.__file__))')/rotel-agent
      timeout 60 "$agent" start --exporter blackhole --debug-log traces \
        --debug-log-verbosity detailed --otlp-http-endpoint 127.0.0.1:4318 \
        --otlp-grpc-endpoint 127.0.0.1:4317 & agent=$!
      for i in 1 2 3 4 5 6 7 8 9 10; do
        if ss -ltnH | grep -q 4318; then break; fi; sleep 0.5
      done
      \(Checkout.program) trace *.pcap --format otlp --packets lost \
        --otlp-endpoint http://127.0.0.1:4318
      status=$?; sleep 2; kill $agent; exit $status
      """)
    #expect(process.status == 0, "\(process.errors)")
    let log = String(decoding: process.output, as: UTF8.self) + process.errors
    // The fixture's truth: 9 packets were lost behind n1/cni0, and each has two spans that say so.
    #expect(log.matches(of: /lost after n1\/cni0/).count == 18)
  }
}
