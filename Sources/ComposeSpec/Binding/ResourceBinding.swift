import YAML

/// Turns the limits of a service, wherever they stand, into one set.
struct ResourceBinding {
    let reader: NodeReader

    func resources() throws(LoadError) -> Service.Resources {
        var resources = Service.Resources()
        let deploy = reader.section("deploy")?.section("resources")
        let limits = deploy?.section("limits")
        let reservations = deploy?.section("reservations")
        let (memory, reserved) = try (reader.bytes("mem_limit"), reader.bytes("mem_reservation"))
        resources.memory = try limits?.bytes("memory") ?? memory
        resources.memoryReservation = try reservations?.bytes("memory") ?? reserved
        resources.memorySwap = try reader.bytes("memswap_limit")
        resources.memorySwappiness = try reader.integer("mem_swappiness")
        resources.nanoCPUs = try nanoCPUs(limits)
        let processes = try reader.integer("pids_limit")
        resources.pids = try limits?.integer("pids") ?? processes
        resources.cpuShares = try reader.integer("cpu_shares")
        resources.cpuPeriod = try reader.integer("cpu_period")
        resources.cpuQuota = try reader.integer("cpu_quota")
        resources.cpuRealtimeRuntime = try reader.integer("cpu_rt_runtime")
        resources.cpuRealtimePeriod = try reader.integer("cpu_rt_period")
        resources.cpuset = reader.string("cpuset")
        resources.isOutOfMemoryKillDisabled = reader.flag("oom_kill_disable")
        resources.outOfMemoryScoreAdjustment = try reader.integer("oom_score_adj")
        resources.ulimits = try ulimits()
        resources.shmSize = try reader.bytes("shm_size")
        resources.blockIO = try reader.section("blkio_config").map(blockIO)
        resources.deviceRequests = try deviceRequests(reservations)
        return resources
    }

    private func nanoCPUs(_ limits: NodeReader?) throws(LoadError) -> Int? {
        let own = try reader.number("cpus")
        guard let cores = try limits?.number("cpus") ?? own, cores > 0 else { return nil }
        return Int(exactly: (cores * 1e9).rounded())
    }

    func ulimits() throws(LoadError) -> [Service.Ulimit] {
        var ulimits: [Service.Ulimit] = []
        for entry in (reader["ulimits"]?.entries ?? []).sorted(by: { $0.key.text < $1.key.text }) {
            let section = NodeReader(node: entry.value, path: reader.path / "ulimits" / entry.key.text)
            let both = NodeReader(node: reader["ulimits"] ?? entry.value, path: reader.path / "ulimits")
            let single = entry.value.mapping == nil ? try both.integer(entry.key.text) : nil
            let (lower, upper) = try (section.integer("soft"), section.integer("hard"))
            guard let soft = single ?? lower, let hard = single ?? upper else { continue }
            ulimits.append(Service.Ulimit(name: entry.key.text, soft: Int64(soft), hard: Int64(hard)))
        }
        return ulimits
    }

    private func blockIO(_ section: NodeReader) throws(LoadError) -> Service.BlockIO {
        var limits = Service.BlockIO()
        limits.weight = try section.integer("weight")
        for device in section.sections("weight_device") {
            limits.deviceWeights[device.string("path") ?? ""] = try device.integer("weight")
        }
        limits.readBytes = try rates(section, "device_read_bps")
        limits.writeBytes = try rates(section, "device_write_bps")
        limits.readOperations = try rates(section, "device_read_iops")
        limits.writeOperations = try rates(section, "device_write_iops")
        return limits
    }

    private func rates(_ section: NodeReader, _ key: String) throws(LoadError) -> [String: Int] {
        var rates: [String: Int] = [:]
        for device in section.sections(key) { rates[device.string("path") ?? ""] = try device.bytes("rate") }
        return rates
    }

    private func deviceRequests(_ reservations: NodeReader?) throws(LoadError) -> [Service.DeviceRequest] {
        var requests: [Service.DeviceRequest] = []
        for section in reader.sections("gpus") { requests.append(try request(section, adding: ["gpu"])) }
        for section in reservations?.sections("devices") ?? [] { requests.append(try request(section, adding: [])) }
        return requests
    }

    private func request(_ section: NodeReader, adding more: [String]) throws(LoadError) -> Service.DeviceRequest {
        let capabilities = section.strings("capabilities")
        var request = Service.DeviceRequest(capabilities: capabilities + more.filter { !capabilities.contains($0) })
        request.count = try section.integer("count")
        request.deviceIDs = section.strings("device_ids")
        request.driver = section.string("driver")
        request.options = section.map("options")
        if request.count == nil, request.deviceIDs.isEmpty { request.count = -1 }
        return request
    }
}
