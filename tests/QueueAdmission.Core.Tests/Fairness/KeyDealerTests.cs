namespace QueueAdmission.Fairness;

public sealed class KeyDealerTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(9)]
    [InlineData(4_096)]
    public void Hand_IsEightDifferentPartitionsAndTheSameEachTime(int partitions)
    {
        var dealer = new KeyDealer(salt: 7);
        for (var i = 0; i < 1_000; i++)
        {
            var hand = Deal(dealer, $"key {i}", partitions);

            Assert.Equal(8, hand.Length);
            Assert.True(hand.SequenceEqual(hand.Distinct().Order()));
            Assert.All(hand, partition => Assert.InRange(partition, 0, partitions - 1));
            Assert.Equal(hand, Deal(dealer, $"key {i}", partitions));
        }
    }

    [Fact]
    public void Hand_WhereThereAreFewPartitions_IsAllOfThem() =>
        Assert.Equal([0, 1, 2], Deal(new KeyDealer(salt: 7), "a", 3));

    [Fact]
    public void Hands_ReachAllPartitionsEvenly()
    {
        var dealer = new KeyDealer(salt: 7);
        var counts = new int[64];
        for (var i = 0; i < 8_000; i++)
            Array.ForEach(Deal(dealer, $"{i}", 64), partition => counts[partition]++);

        Assert.All(counts, count => Assert.InRange(count, 850, 1_150));
    }

    [Fact]
    public void Hand_UnderAnotherSalt_IsAnother() =>
        Assert.NotEqual(Deal(new KeyDealer(salt: 7), "a", 64), Deal(new KeyDealer(salt: 8), "a", 64));

    private static int[] Deal(KeyDealer dealer, string key, int partitions)
    {
        var hand = new int[KeyDealer.HandSize];
        return hand[..dealer.Deal(key, partitions, hand)];
    }
}
