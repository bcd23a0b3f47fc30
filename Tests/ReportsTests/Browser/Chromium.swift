import Foundation
import Synchronization
import TestSupport

/// A headless Chromium with one page, spoken to by the DevTools protocol over pipes.
///
/// One serves all tests, one after the other; it ends when its pipes do.
final class Chromium: @unchecked Sendable {
  struct Failure: Error {
    let message: String
  }

  /// A message of the browser's that is no answer.
  struct Event {
    let method: String
    let parameters: [String: Any]
  }

  static let isPresent = Tool.exists("chromium")

  private static let shared = Mutex<Result<Chromium, any Error>?>(nil)

  /// Lends the browser, with nothing noted of earlier pages.
  static func use<Value>(_ body: (Chromium) throws -> Value) throws -> Value {
    try shared.withLock { shared in
      let browser = shared ?? Result { try Chromium() }
      shared = browser
      let chromium = try browser.get()
      chromium.events = []
      return try body(chromium)
    }
  }

  private(set) var events: [Event] = []
  private let process = Process()
  private let page: URL
  private let commands: FileHandle
  private let answers: FileHandle
  private var pending = Data()
  private var lastNumber = 0
  private var session: String?

  private init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vxhop-browser-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    page = folder.appending(path: "page.html")
    let (input, output) = (folder.path + "/in", folder.path + "/out")
    guard mkfifo(input, 0o600) == 0, mkfifo(output, 0o600) == 0 else {
      throw Failure(message: "mkfifo: \(errno)")
    }
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    // The time limit ends a browser that hangs, and with it the pipes that the test waits for.
    process.arguments = [
      "-c",
      """
      timeout 300 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
      --no-first-run --disable-background-networking --remote-debugging-pipe \
      --user-data-dir='\(folder.path)/profile' 3<'\(input)' 4>'\(output)' >/dev/null 2>&1
      rm -rf '\(folder.path)'
      """,
    ]
    try process.run()
    commands = try FileHandle(forWritingTo: URL(fileURLWithPath: input))
    answers = try FileHandle(forReadingFrom: URL(fileURLWithPath: output))
    let target = try call("Target.createTarget", ["url": "about:blank"])
    let attached = try call(
      "Target.attachToTarget", ["targetId": target["targetId"] ?? "", "flatten": true])
    session = attached["sessionId"] as? String
    for domain in ["Page", "Runtime", "Log", "Network"] { try call(domain + ".enable") }
  }

  /// Opens a page and waits until it is there.
  func open(_ bytes: [UInt8], width: Int = 1240, isDark: Bool = false) throws {
    try Data(bytes).write(to: page)
    try call(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false])
    let scheme = ["name": "prefers-color-scheme", "value": isDark ? "dark" : "light"]
    try call("Emulation.setEmulatedMedia", ["features": [scheme]])
    try call("Page.navigate", ["url": page.absoluteString])
    while try evaluate("document.readyState") as? String != "complete" { usleep(20_000) }
  }

  /// The value of an expression in the page, waited for if it is a promise.
  @discardableResult
  func evaluate(_ expression: String) throws -> Any? {
    let answer = try call(
      "Runtime.evaluate",
      ["expression": expression, "returnByValue": true, "awaitPromise": true])
    if let details = answer["exceptionDetails"] as? [String: Any] {
      throw Failure(message: "\(expression): \(details)")
    }
    return (answer["result"] as? [String: Any])?["value"]
  }

  /// What went wrong in the page, and whatever it asked of the network.
  var complaints: [String] {
    events.compactMap { event in
      switch event.method {
      case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown",
        "Page.javascriptDialogOpening":
        return "\(event.method): \(event.parameters)"
      case "Network.requestWillBeSent":
        let request = event.parameters["request"] as? [String: Any]
        let address = request?["url"] as? String ?? ""
        let isPage = address.hasPrefix("file:") && address.hasSuffix("/page.html")
        return isPage || address == "about:blank" ? nil : "request: \(address)"
      default: return nil
      }
    }
  }

  @discardableResult
  private func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    lastNumber += 1
    var message: [String: Any] = ["id": lastNumber, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    try commands.write(
      contentsOf: JSONSerialization.data(withJSONObject: message) + Data([0]))
    while true {
      let answer = try nextMessage()
      if answer["id"] as? Int == lastNumber {
        if let error = answer["error"] { throw Failure(message: "\(method): \(error)") }
        return answer["result"] as? [String: Any] ?? [:]
      }
      if let name = answer["method"] as? String {
        events.append(Event(method: name, parameters: answer["params"] as? [String: Any] ?? [:]))
      }
    }
  }

  private func nextMessage() throws -> [String: Any] {
    while true {
      if let end = pending.firstIndex(of: 0) {
        let message = pending[pending.startIndex..<end]
        pending = Data(pending[(end + 1)...])
        return try JSONSerialization.jsonObject(with: message) as? [String: Any] ?? [:]
      }
      let part = answers.availableData
      guard !part.isEmpty else { throw Failure(message: "the browser has ended") }
      pending += part
    }
  }
}
