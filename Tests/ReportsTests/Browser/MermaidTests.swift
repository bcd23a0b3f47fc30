import Foundation
import TestSupport
import Testing

@testable import Reports
@testable import Trajectories

enum MermaidParser {
  /// Mermaid itself, from a Python package that has it; nil where that is not installed.
  static let script: [UInt8]? = {
    let script = "import mmdc, os; print(os.path.dirname(mmdc.__file__))"
    guard let process = try? ChildProcess("python3", ["-c", script]), process.status == 0 else {
      return nil
    }
    let folder = String(decoding: process.output, as: UTF8.self).split(separator: "\n")[0]
    return (try? Data(contentsOf: URL(fileURLWithPath: folder + "/assets/mermaid.js"))).map {
      Array($0)
    }
  }()
}

/// Diagrams as Mermaid's own parser reads them, in a browser.
@Suite(
  .serialized,
  .enabled(
    if: Chromium.isPresent && MermaidParser.script != nil || Tool.isContinuousIntegration,
    "needs chromium and mermaid.js of the Python package mmdc"))
struct MermaidTests {
  /// What the parser makes of a diagram: participants' names and messages.
  private func read(_ diagram: String) throws -> [String: [String]] {
    let parser = try #require(MermaidParser.script)
    return try Chromium.use { browser in
      let head = Array("<!DOCTYPE html><meta charset=utf-8><script>".utf8)
      try browser.open(head + parser + Array("</script>".utf8))
      let text = String(
        decoding: try JSONSerialization.data(withJSONObject: [diagram]), as: UTF8.self)
      let result = try browser.evaluate(
        """
        (async () => {
          mermaid.initialize({ startOnLoad: false });
          const diagram = await mermaid.mermaidAPI.getDiagramFromText(\(text)[0]);
          const actors = [...diagram.db.getActors().values()].map((it) => it.description);
          const messages = diagram.db.getMessages().map((it) => String(it.message));
          return { actors, messages };
        })()
        """)
      return try #require(result as? [String: [String]])
    }
  }

  private func diagram(
    _ trajectories: [Trajectory], points: PointTable = TraceBuilder.points
  ) -> String {
    let output = Collector()
    let report = MermaidReport(files: TraceBuilder.files, selection: .all, sink: output.sink)
    for trajectory in trajectories { report.add(trajectory, points: points) }
    report.finish(TraceBuilder.facts(points: points), points: points)
    return output.text
  }

  @Test(arguments: FixtureAnalysis.folders)
  func parses(folder: String) throws {
    let files = try FixtureAnalysis.captures(of: folder)
    let output = Collector()
    let report = MermaidReport(files: files, selection: .first(20), sink: output.sink)
    FixtureAnalysis.run(FixtureAnalysis.analysis(of: files), into: report)
    let found = try read(output.text)
    let names = Set(output.text.matches(of: /participant p\d+ as (\S+)/).map { "\($0.output.1)" })
    #expect(names.count > 4 && Set(found["actors"] ?? []) == names)
  }

  @Test(arguments: [
    "<script>", "end", "a;b", "#quot;", "x: y", "participant p9 as z", "%%{init}%%", "a\nloop",
    "red", "\"><img onerror", "rgb(1,2,3)", "->>",
  ])
  func keepsNamesText(name: String) throws {
    let points = TraceBuilder.table([
      (name, name), ("n1", "cni0"), ("n1", "flannel.1"), ("n1", "ens5"), ("n2", "ens5"),
    ])
    let text = diagram([TraceBuilder.lost()], points: points)
    let found = try read(text)
    #expect(found["actors"]?.count == 3)
    #expect(found["messages"]?.contains("LOST") == true)
  }
}
