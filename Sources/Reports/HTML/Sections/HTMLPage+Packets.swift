extension HTMLPage {
  func writePackets(into html: inout Markup) {
    section("packets", "Packets", into: &html) { html in
      let counts = statistics.counts
      let shown = UInt64(gallery.items.count)
      html.element("p") { html in
        guard shown < counts.traces else {
          html.text("All \(TextNumbers.counted(shown, "packet")).")
          return
        }
        html.text("A sample: \(TextNumbers.grouped(shown)) of ")
        html.text(TextNumbers.counted(counts.traces, "packet") + ". Left out: \(omission). ")
        html.text("Words of a filter, ")
        html.element("code", text: "--packets lost")
        html.text(" or ")
        html.element("code", text: "--frame")
        html.text(" choose others for this page, ")
        html.element("code", text: "--format json")
        html.text(" has every one.")
      }
      writeTools(into: &html)
      html.element("div", ["id": "packet-list"]) { html in
        for item in gallery.items { html.append(item.markup) }
      }
    }
  }

  /// `990 lost packets, 998,854 others`
  private var omission: String {
    let counts = statistics.counts
    let all = counts.traces - UInt64(gallery.items.count)
    let lost = counts.lost - min(counts.lost, gallery.lost)
    guard lost > 0 else { return "\(TextNumbers.grouped(all)), none of them lost" }
    return TextNumbers.counted(lost, "lost packet")
      + (all > lost ? " and \(TextNumbers.counted(all - lost, "other"))" : "")
  }

  private func shownOf(_ kind: PacketSample.Kind) -> UInt64 {
    UInt64(gallery.items.count { $0.kind == kind })
  }

  private func writeTools(into html: inout Markup) {
    html.element("div", ["class": "tools", "hidden": ""]) { html in
      html.element("label", ["for": "packet-search"], text: "Search ")
      html.empty(
        "input",
        ["type": "search", "id": "packet-search", "placeholder": "address, port, id, point, frame"])
      html.element("span", ["role": "group", "aria-label": "Kinds of packets"]) { html in
        html.element(
          "button", ["type": "button", "data-kind": "", "aria-pressed": "true"],
          text: "all \(gallery.items.count)")
        for kind in PacketSample.Kind.allCases where shownOf(kind) > 0 {
          html.element(
            "button", ["type": "button", "data-kind": kind.name, "aria-pressed": "false"],
            text: "\(kind.name) \(shownOf(kind))")
        }
      }
      html.element("output", ["for": "packet-search", "id": "packet-count"]) { _ in }
    }
  }
}
