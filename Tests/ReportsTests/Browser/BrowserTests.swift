import Foundation
import Testing
import Topology

@testable import Reports
@testable import Trajectories

/// The page as a browser shows it.
@Suite(
  .serialized,
  .enabled(if: Chromium.isPresent || Tool.isContinuousIntegration, "needs chromium"))
struct BrowserTests {
  private func page(of folder: String) throws -> [UInt8] {
    let files = try FixtureAnalysis.captures(of: folder)
    let output = Collector()
    FixtureAnalysis.run(
      FixtureAnalysis.analysis(of: files), into: HTMLReport(files: files, sink: output.sink))
    return output.bytes
  }

  /// A page about packets between points of the names.
  private func page(
    _ trajectories: [Trajectory], points: PointTable = TraceBuilder.points,
    files: [String] = TraceBuilder.files
  ) -> [UInt8] {
    let output = Collector()
    let report = HTMLReport(files: files, sink: output.sink)
    for trajectory in trajectories { report.add(trajectory, points: points) }
    report.finish(TraceBuilder.facts(points: points), points: points)
    return output.bytes
  }

  /// The other tests rest on it: what a page does wrong is noticed.
  @Test(arguments: [
    "<script>console.log(1)</script>", "<script>throw 1</script>", "<img src='other.png'>",
    "<link rel=stylesheet href='http://127.0.0.1:9/'>",
    "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><p style='color:red'>",
  ])
  func noticesWhatGoesWrong(page: String) throws {
    try Chromium.use { browser in
      try browser.open(Array("<!DOCTYPE html>\(page)".utf8))
      try browser.evaluate("new Promise((done) => setTimeout(done, 100))")
      #expect(browser.complaints != [])
    }
  }

  @Test(arguments: FixtureAnalysis.folders, [false, true])
  func opensWithoutComplaint(folder: String, isDark: Bool) throws {
    try Chromium.use { browser in
      try browser.open(page(of: folder), width: isDark ? 390 : 1240, isDark: isDark)
      #expect(try browser.evaluate("document.querySelectorAll('section').length") as? Int == 8)
      let paper = try browser.evaluate("getComputedStyle(document.body).backgroundColor") as? String
      #expect(paper == (isDark ? "rgb(18, 22, 27)" : "rgb(246, 247, 249)"))
      // Wide drawings scroll by themselves, the page does not.
      let overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
      #expect(try browser.evaluate(overflow) as? Int == 0)
      let unnamed = """
        [...document.querySelectorAll('svg[role=img]')].filter((it) => !it.ariaLabel).length
        """
      #expect(try browser.evaluate(unnamed) as? Int == 0)
      #expect(browser.complaints == [])
    }
  }

  /// Points from left to right, time from top to bottom, and a cross before the point that missed it.
  @Test func drawsThePacketsWay() throws {
    let names: [UInt16] = [0, 1, 2, 3]
    let hops = names.enumerated().map { index, point in
      TraceBuilder.hop(
        TraceBuilder.row(at: point, frame: UInt64(index) + 5) {
          if point == 3 { TraceBuilder.tunnelled(&$0) }
        }, delay: index == 0 ? nil : 1000, error: 1)
    }
    var lost = TraceBuilder.trajectory(hops, number: 7, outcome: .lost)
    lost.expectedNext = 4
    lost.lossEvidence = .proven
    try Chromium.use { browser in
      try browser.open(page([lost]))
      let points =
        "[...document.querySelectorAll('#packet-7 .hops tbody th')].map((it) => it.innerText)"
      #expect(
        try browser.evaluate(points) as? [String] == [
          "n1/veth11aa", "n1/cni0", "n1/flannel.1", "n1/ens5",
        ])
      let places = """
        [...document.querySelectorAll('#packet-7 .ladder .dot')].map((it) => {
          const place = it.getBoundingClientRect(); return [place.x, place.y] })
        """
      let dots = try #require(try browser.evaluate(places) as? [[Double]])
      #expect(dots.count == 4)
      for (one, other) in zip(dots, dots.dropFirst()) {
        #expect(one[0] < other[0] && one[1] < other[1])
      }
      let cross = """
        (() => { const place = document.querySelector('#packet-7 .ladder .cross')
          .getBoundingClientRect(); return [place.x, place.y] })()
        """
      let end = try #require(try browser.evaluate(cross) as? [Double])
      #expect(end[0] > dots[3][0] && end[1] > dots[3][1])
      #expect(browser.complaints == [])
    }
  }

  /// Evidence leads to the packet: it opens and is in sight.
  @Test func leadsFromEvidenceToThePacket() throws {
    try Chromium.use { browser in
      try browser.open(page(of: "demo"))
      try browser.evaluate("[...document.querySelectorAll('.findings a')].at(-1).click()")
      try browser.evaluate("new Promise((done) => setTimeout(done, 100))")
      let state = """
        (() => { const target = document.querySelector(location.hash);
          const place = target.getBoundingClientRect();
          return target.matches('details[open]') && place.top >= 0 && place.top < innerHeight })()
        """
      #expect(try browser.evaluate(state) as? Bool == true)
      #expect(browser.complaints == [])
    }
  }

  /// What goes on beyond an edge shows it, until it is scrolled there.
  @Test func marksWhatScrolls() throws {
    try Chromium.use { browser in
      try browser.open(page(of: "demo"), width: 420)
      let edges = """
        new Promise((done) => setTimeout(() => done([...document.querySelectorAll(
          '#map .scroll, #legs .scroll, #packets details[open] .scroll')]
          .map((it) => it.className)), 100))
        """
      let before = try #require(try browser.evaluate(edges) as? [String])
      #expect(before.count == 4 && before.allSatisfy { $0 == "scroll more-right" })
      try browser.evaluate(
        "document.querySelectorAll('.scroll').forEach((it) => it.scrollLeft = 1e6)")
      let after = try #require(try browser.evaluate(edges) as? [String])
      #expect(after.allSatisfy { $0 == "scroll more-left" })
      try browser.open(page(of: "demo"))
      #expect(
        try #require(try browser.evaluate(edges) as? [String]).allSatisfy { $0 == "scroll" })
    }
  }

  /// WCAG 2.2, success criterion 1.4.3: text has 4.5 times the luminance of what is behind it, or the
  /// reverse.
  @Test(arguments: [false, true])
  func canBeReadInEachShadeOfLoss(isDark: Bool) throws {
    let contrast = """
      (() => {
        const luminance = (color) => {
          const [red, green, blue] = color.match(/[\\d.]+/g).slice(0, 3).map((part) => {
            const value = part / 255;
            return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const cell = document.querySelector('.matrix td[class^=heat]');
        return [0, 1, 2, 3, 4, 5].map((step) => {
          cell.className = 'heat' + step;
          const style = getComputedStyle(cell);
          const [one, other] = [luminance(style.color), luminance(style.backgroundColor)];
          return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        });
      })()
      """
    try Chromium.use { browser in
      try browser.open(page(of: "demo"), isDark: isDark)
      let ratios = try #require(try browser.evaluate(contrast) as? [Double])
      #expect(ratios.count == 6 && ratios.allSatisfy { $0 >= 4.5 })
    }
  }

  @Test func searchesAndSortsFlows() throws {
    try Chromium.use { browser in
      try browser.open(page(of: "demo"))
      let rows = "[...document.querySelectorAll('#flow-table tbody tr')]"
      let all = try #require(try browser.evaluate(rows + ".length") as? Int)
      try browser.evaluate(
        """
        (() => { const input = document.getElementById('flow-search'); input.value = 'ICMP 10.42.2.2';
          input.dispatchEvent(new Event('input')) })()
        """)
      let shown = try #require(
        try browser.evaluate(rows + ".filter((it) => !it.hidden).map((it) => it.innerText)")
          as? [String])
      #expect(!shown.isEmpty && shown.count < all)
      #expect(shown.allSatisfy { $0.contains("icmp") && $0.contains("10.42.2.2") })
      let hidden = try browser.evaluate(
        rows + ".filter((it) => it.hidden).map((it) => it.textContent)")
      #expect(
        try #require(hidden as? [String]).allSatisfy {
          !$0.contains("icmp") || !$0.contains("10.42.2.2")
        })
      let click = "document.querySelectorAll('#flow-table thead button')[4].click()"
      let numbers = rows + ".map((it) => Number(it.cells[4].dataset.value))"
      try browser.evaluate(click)
      let falling = try #require(try browser.evaluate(numbers) as? [Int])
      #expect(falling == falling.sorted(by: >))
      try browser.evaluate(click)
      #expect(try browser.evaluate(numbers) as? [Int] == falling.sorted())
      #expect(
        try browser.evaluate("document.querySelectorAll('#flow-table th')[4].ariaSort") as? String
          == "ascending")
      #expect(browser.complaints == [])
    }
  }

  @Test func choosesKindsOfPackets() throws {
    try Chromium.use { browser in
      try browser.open(page(of: "demo"))
      try browser.evaluate("document.querySelector('button[data-kind=lost]').click()")
      let kinds = """
        [...document.querySelectorAll('#packet-list > details')].filter((it) => !it.hidden)
          .map((it) => it.dataset.kind)
        """
      // The fixture's truth: 17 packets were lost.
      #expect(try browser.evaluate(kinds) as? [String] == Array(repeating: "lost", count: 17))
    }
  }

  @Test(arguments: [
    "<script>window.hit=1</script>", "\"><img src=x onerror=window.hit=1>", "'><svg onload=hit=1>",
    "</title><script>window.hit=1</script>", "&lt;b&gt;", "javascript:window.hit=1",
  ])
  func keepsNamesText(name: String) throws {
    let points = TraceBuilder.table([(name, name), (name + "2", "eth0")])
    var trajectories = [TraceBuilder.trajectory([TraceBuilder.hop(TraceBuilder.row(at: 0))])]
    trajectories.append(
      TraceBuilder.trajectory(
        [TraceBuilder.hop(TraceBuilder.row(at: 0))], number: 2, outcome: .lost))
    trajectories[1].expectedNext = 1
    try Chromium.use { browser in
      try browser.open(page(trajectories, points: points, files: [name, "b"]))
      #expect(try browser.evaluate("typeof window.hit") as? String == "undefined")
      #expect(
        try browser.evaluate("document.querySelectorAll('script, img, [onload], [onerror]').length")
          as? Int == 1)
      #expect(
        try browser.evaluate("document.querySelector('.points tbody th').textContent") as? String
          == name + "/" + name)
      #expect(browser.complaints == [])
    }
  }
}
