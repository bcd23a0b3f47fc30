import Packets
import Trajectories

/// The report as one HTML page that needs nothing beside itself: verdict and trouble first, then the
/// map, the legs, what happened when, flows, and single packets.
///
/// Each section is a file beside this one.
struct HTMLPage {
  let names: TextNames
  let statistics: TraceStatistics
  let measurements: Measurements
  let facts: AnalysisFacts
  /// The text report's words are used here too.
  let picture: PictureText
  let gallery: PacketGallery

  init(
    names: TextNames, statistics: TraceStatistics, measurements: Measurements,
    sample: PacketSample, facts: AnalysisFacts
  ) {
    self.names = names
    self.statistics = statistics
    self.measurements = measurements
    self.facts = facts
    picture = PictureText(
      names: names, statistics: statistics, facts: facts, hasColor: false, width: 100)
    gallery = PacketGallery(
      sample.packets, names: names, statistics: statistics, facts: facts)
  }

  /// The page's bytes.
  func render() -> [UInt8] {
    var html = Markup()
    let style = PackageResources.report_css
    let script = PackageResources.report_js
    html.raw("<!DOCTYPE html>\n")
    html.element("html", ["lang": "en"]) { html in
      html.element("head") { Self.writeHead(into: &$0, title: title, style, script) }
      html.raw("\n")
      html.element("body") { writeBody(into: &$0, script) }
    }
    html.raw("\n")
    return html.bytes
  }

  private var title: String { "vxhop: " + verdict }

  /// Nothing is loaded, nothing is sent, and only this page's own style and script count.
  private static func writeHead(
    into html: inout Markup, title: String, _ style: [UInt8], _ script: [UInt8]
  ) {
    let policy =
      "default-src 'none'; style-src \(source(of: style)); script-src \(source(of: script)); "
      + "base-uri 'none'; form-action 'none'"
    html.empty("meta", ["charset": "utf-8"])
    html.empty("meta", ["http-equiv": "Content-Security-Policy", "content": policy])
    html.empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
    html.empty("meta", ["name": "color-scheme", "content": "light dark"])
    html.empty("meta", ["name": "referrer", "content": "no-referrer"])
    html.element("title", text: title)
    html.element("style") { $0.append(asset: style) }
  }

  private static func source(of asset: [UInt8]) -> String {
    "'sha256-\(Base64.encoded(SHA256.digest(of: asset)))'"
  }

  private func writeBody(into html: inout Markup, _ script: [UInt8]) {
    html.element("a", ["class": "skip", "href": "#main"], text: "Skip to the report")
    writeHeader(into: &html)
    html.element("main", ["id": "main"]) { html in
      writeVerdict(into: &html)
      writeFindings(into: &html)
      if statistics.counts.traces > 0 {
        writeMap(into: &html)
        writeMatrix(into: &html)
        writeLegs(into: &html)
        writeTime(into: &html)
        writeFlows(into: &html)
      }
      writePoints(into: &html)
      writePackets(into: &html)
    }
    writeFooter(into: &html)
    html.element("script") { $0.append(asset: script) }
  }

  /// A section with a heading that links lead to.
  func section(
    _ identifier: String, _ title: String, into html: inout Markup,
    _ content: (inout Markup) -> Void
  ) {
    html.raw("\n")
    html.element("section", ["id": identifier, "aria-labelledby": identifier + "-title"]) { html in
      html.element("h2", ["id": identifier + "-title"], text: title)
      content(&html)
    }
  }

  /// `n1-cni0.pcap frame 31`, as a link where the packet is on the page.
  func writeFrame(_ reference: FrameReference, into html: inout Markup) {
    let text = names.frame(reference)
    if let number = gallery.packet(in: reference) {
      html.element("a", ["href": "#packet-\(number)", "class": "frame"], text: text)
    } else {
      html.element("span", ["class": "frame"], text: text)
    }
  }
}
