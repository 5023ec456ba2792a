namespace QueueAdmission;

/// <summary>The position and the key of an item in an <see cref="IndexedHeap{T, TSlots}"/>.</summary>
internal struct HeapSlot
{
    /// <summary>The key by which the heap is ordered.</summary>
    public double Key;

    /// <summary>Decides among items with equal keys: the lower number comes first.</summary>
    public long Tie;

    /// <summary>The position in the heap, from 1. 0 while the item is in no heap.</summary>
    public int Place;

    public readonly bool IsTaken => Place > 0;

    public readonly bool IsBefore(in HeapSlot other) => Key < other.Key || (Key == other.Key && Tie < other.Tie);
}

/// <summary>Returns the slot field of an item.</summary>
/// <typeparam name="T">The type of the items.</typeparam>
internal interface IHeapSlots<in T>
{
    static abstract ref HeapSlot Of(T item);
}

/// <summary>
/// A binary heap, the smallest key first. Each item knows its position, so changing or removing any item costs O(log
/// n).
/// </summary>
/// <remarks>Guarded by the queue's lock.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
/// <typeparam name="TSlots">Returns the field in which an item stores its position.</typeparam>
internal sealed class IndexedHeap<T, TSlots>
    where T : class
    where TSlots : IHeapSlots<T>
{
    private readonly List<T> _items = [];
    private long _ties;

    public int Count => _items.Count;

    public T? First => _items.Count == 0 ? null : _items[0];

    /// <summary>The number of moves of items so far. Tests count these steps instead of measuring time.</summary>
    public long Steps { get; private set; }

    public void Add(T item, double key)
    {
        ref var slot = ref TSlots.Of(item);
        slot.Key = key;
        slot.Tie = ++_ties;
        _items.Add(item);
        Rise(item, _items.Count - 1);
    }

    public void Remove(T item)
    {
        ref var slot = ref TSlots.Of(item);
        var hole = slot.Place - 1;
        slot.Place = 0;
        var last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        if (last != item)
            Move(last, hole);
    }

    public void Clear()
    {
        foreach (var item in _items)
            TSlots.Of(item).Place = 0;
        _items.Clear();
    }

    /// <summary>Changes the key of an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="key">The new key.</param>
    /// <param name="isLast">Whether the item comes after all others with the same key.</param>
    public void Update(T item, double key, bool isLast)
    {
        ref var slot = ref TSlots.Of(item);
        slot.Key = key;
        if (isLast)
            slot.Tie = ++_ties;
        Move(item, slot.Place - 1);
    }

    private void Move(T item, int index)
    {
        Rise(item, index);
        Sink(item, TSlots.Of(item).Place - 1);
    }

    private void Rise(T item, int index)
    {
        for (; index > 0 && TSlots.Of(item).IsBefore(TSlots.Of(_items[(index - 1) / 2])); index = (index - 1) / 2)
            Put(_items[(index - 1) / 2], index);
        Put(item, index);
    }

    private void Sink(T item, int index)
    {
        while ((2 * index) + 1 is var child && child < _items.Count)
        {
            if (child + 1 < _items.Count && TSlots.Of(_items[child + 1]).IsBefore(TSlots.Of(_items[child])))
                child++;
            if (!TSlots.Of(_items[child]).IsBefore(TSlots.Of(item)))
                break;
            Put(_items[child], index);
            index = child;
        }
        Put(item, index);
    }

    private void Put(T item, int index)
    {
        Steps++;
        _items[index] = item;
        TSlots.Of(item).Place = index + 1;
    }
}
