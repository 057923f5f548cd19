import Synchronization

/// What several threads want and one of them makes: for each key once, while the others wait for it.
///
/// What fails is tried again by the next that wants it.
public final class OncePerKey<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Held by whoever makes the value.
    private final class Slot: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private let slots = Mutex<[Key: Slot]>([:])

    /// Nothing was made yet.
    public init() {}

    /// The value of a key, and whether it was there already.
    public func value(_ key: Key, _ make: () throws -> Value) throws -> (value: Value, wasThere: Bool) {
        let slot = slots.withLock { slots in
            let slot = slots[key] ?? Slot()
            slots[key] = slot
            return slot
        }
        return try slot.value.withLock { value in
            if let value { return (value, true) }
            let made = try make()
            value = made
            return (made, false)
        }
    }
}
