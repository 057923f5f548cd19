import JSON
import Linux
import NameResolution
import Networks

extension Network {
    /// What `inspect` prints of a network.
    func inspection(endpoints: [(address: IPAddress, lease: NameLease)]) -> JSONValue {
        var members: [String: [String: String]] = [:]
        for (address, lease) in endpoints {
            let prefix = pool(of: address)?.subnet.prefixLength ?? address.family.width
            let key = address.family == .v4 ? "IPv4Address" : "IPv6Address"
            var member = members[lease.containerID] ?? ["IPv4Address": "", "IPv6Address": ""]
            member["Name"] = lease.containerName
            member["EndpointID"] = endpointID(of: lease)
            member["MacAddress"] = lease.mac
            member[key] = "\(address)/\(prefix)"
            members[lease.containerID] = member
        }
        return [
            "Name": .string(name),
            "Id": .string(id),
            "Created": .string(TimeText.rfc3339(createdAt)),
            "Scope": "local",
            "Driver": .string(driver.rawValue),
            "EnableIPv4": .bool(has(.v4)),
            "EnableIPv6": .bool(has(.v6)),
            "IPAM": [
                "Driver": "default",
                "Options": .null,
                "Config": .array(pools.map(\.inspection)),
            ],
            "Internal": .bool(isInternal),
            "Attachable": .bool(isAttachable ?? false),
            "Ingress": false,
            "ConfigFrom": ["Network": ""],
            "ConfigOnly": false,
            "Containers": .object(members.sorted { $0.key < $1.key }.map { .init($0.key, .strings($0.value)) }),
            "Options": .strings(options),
            "Labels": .strings(labels),
        ]
    }
}

extension AddressPool {
    fileprivate var inspection: JSONValue {
        var members: [JSONValue.Member] = [
            .init("Subnet", .string("\(subnet)")), .init("Gateway", .string("\(gateway)")),
        ]
        if let range { members.append(.init("IPRange", .string("\(range)"))) }
        if !reserved.isEmpty {
            members.append(.init("AuxiliaryAddresses", .strings(reserved.mapValues { "\($0)" })))
        }
        return .object(members)
    }
}
