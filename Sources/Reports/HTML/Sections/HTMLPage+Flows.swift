import Trajectories

extension HTMLPage {
  private static let flowLimit = 500

  func writeFlows(into html: inout Markup) {
    let all = statistics.flows.flows
    let shown = all.sorted {
      ($0.lost, $0.partial, $0.packets) > ($1.lost, $1.partial, $1.packets)
    }.prefix(Self.flowLimit)
    section("flows", "Flows", into: &html) { html in
      html.element("p", ["class": "tools", "hidden": ""]) { html in
        html.element("label", ["for": "flow-search"], text: "Search ")
        html.empty(
          "input",
          [
            "type": "search", "id": "flow-search", "data-table": "flow-table",
            "placeholder": "name, address, port, node, protocol",
          ])
        html.element(
          "output", ["for": "flow-search", "id": "flow-count"],
          text: TextNumbers.counted(UInt64(shown.count), "flow"))
      }
      html.scrolling("Flows", class: "scroll tall") { html in
        html.element("table", ["class": "flows sortable", "id": "flow-table"]) { html in
          writeFlowHead(into: &html)
          html.element("tbody") { html in for flow in shown { write(flow, into: &html) } }
        }
      }
      var notes: [String] = []
      if all.count > shown.count {
        let hidden = TextNumbers.counted(UInt64(all.count - shown.count), "more flow")
        notes.append("\(hidden) with less loss and traffic are left out.")
      }
      if statistics.flows.otherPackets > 0 {
        let count = TextNumbers.counted(statistics.flows.otherPackets, "packet")
        notes.append("\(count) of still more flows are not told apart.")
      }
      if !notes.isEmpty {
        html.element("p", ["class": "note"], text: notes.joined(separator: " "))
      }
    }
  }

  private func writeFlowHead(into html: inout Markup) {
    html.element("thead") { html in
      html.element("tr") { html in
        for (title, isNumber) in [
          ("protocol", false), ("source", false), ("destination", false), ("nodes", false),
          ("packets", true), ("bytes", true), ("lost", true), ("lost %", true), ("partial", true),
          ("example", false),
        ] {
          html.element("th", ["scope": "col", "class": isNumber ? "number" : ""], text: title)
        }
      }
    }
  }

  private func write(_ flow: Flow, into html: inout Markup) {
    let key = flow.key
    let hasPorts = key.sourcePort != 0 || key.destinationPort != 0
    html.element("tr") { html in
      html.element("td", text: TextNames.transport(key.transportProtocol))
      html.element(
        "td", ["class": "address"],
        text: names.addresses.endpoint(key.source, port: hasPorts ? key.sourcePort : nil))
      html.element(
        "td", ["class": "address"],
        text: names.addresses.endpoint(key.destination, port: hasPorts ? key.destinationPort : nil))
      html.element("td", text: ends(of: flow))
      number(flow.packets, TextNumbers.grouped(flow.packets), into: &html)
      number(flow.bytes, TextNumbers.bytes(flow.bytes), into: &html)
      number(flow.lost, TextNumbers.grouped(flow.lost), isBad: flow.lost > 0, into: &html)
      number(
        flow.packets > 0 ? flow.lost * 1_000_000 / flow.packets : 0,
        flow.lost > 0 ? TextNumbers.percent(flow.lost, of: flow.packets) : "",
        isBad: flow.lost > 0, into: &html)
      number(flow.partial, TextNumbers.grouped(flow.partial), into: &html)
      let example = gallery.packet(of: key)
      html.element("td", ["data-value": String(example ?? .max)]) { html in
        guard let number = example else { return }
        html.element("a", ["href": "#packet-\(number)"], text: "#\(number)")
      }
    }
  }

  private func ends(of flow: Flow) -> String {
    let source = flow.ends.source.map { names.nodes[Int($0)] } ?? "?"
    let destination = flow.ends.destination.map { names.nodes[Int($0)] } ?? "?"
    if flow.ends.source == nil && flow.ends.destination == nil { return "?" }
    return source == destination ? "in \(source)" : "\(source) → \(destination)"
  }

  /// A cell that is sorted by its number, not by its text.
  private func number(
    _ value: UInt64, _ text: String, isBad: Bool = false, into html: inout Markup
  ) {
    html.element(
      "td", ["class": isBad ? "number bad" : "number", "data-value": String(value)], text: text)
  }
}
