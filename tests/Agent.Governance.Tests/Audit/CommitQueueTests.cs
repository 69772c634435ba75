using System.Text.Json;
using Agent.Governance.Audit;
using Agent.Governance.Tests.Support;

namespace Agent.Governance.Tests.Audit;

public sealed class CommitQueueTests
{
    [Fact]
    public async Task Add_BehindAWriteThatTookAnHour_IsWrittenSoon()
    {
        var time = new ManualTime();
        var (first, second) = (Record(), Record());
        CommitQueue? queue = null;
        using var made = queue = new CommitQueue(
            (batch, _) =>
            {
                if (batch.Contains(first))
                {
                    // Comes while the disk hangs, and nobody comes after it.
                    Assert.True(queue!.TryAdd(second));
                    time.Advance(TimeSpan.FromHours(1));
                }

                batch.ForEach(static record => record.Done.SetResult(0));
                return true;
            },
            time);

        Assert.True(queue.TryAdd(first));

        await second.Done.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static PendingRecord Record() => new("test", JsonSerializer.SerializeToElement(1), Durability.Flushed);
}
