extension HTMLPage {
  func writePackets(into html: inout Markup) {
    section("packets", "Packets", into: &html) { html in
      let counts = statistics.counts
      let shown = UInt64(gallery.items.count)
      let words =
        shown < counts.traces
        ? "A sample: \(TextNumbers.grouped(shown)) of \(TextNumbers.counted(counts.traces, "packet")). "
          + "Left out: \(TextNumbers.grouped(counts.lost - min(counts.lost, shownOf(.lost)))) lost ones, "
          + "\(TextNumbers.grouped(counts.traces - shown - (counts.lost - min(counts.lost, shownOf(.lost))))) others. "
          + "The text and JSON reports have every one."
        : "All \(TextNumbers.counted(shown, "packet"))."
      html.element("p", ["class": "note"], text: words)
      writeTools(into: &html)
      html.element("div", ["id": "packet-list"]) { html in
        for item in gallery.items { html.append(item.markup) }
      }
    }
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
