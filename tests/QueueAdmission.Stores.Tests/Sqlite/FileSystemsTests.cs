using QueueAdmission.Sqlite;

namespace QueueAdmission.Stores.Sqlite;

public sealed class FileSystemsTests
{
    private static readonly string[] Mounts =
    [
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
        "30 22 0:40 / /mnt/share rw,relatime shared:2 - nfs4 server:/export rw,vers=4.2",
        "31 30 0:41 / /mnt/share/local rw shared:3 master:1 - xfs /dev/sdb1 rw",
        "32 22 0:42 / /mnt/with\\040space rw - cifs //server/share rw",
        "33 22 0:43 / /over rw - ext4 /dev/sdc1 rw",
        "34 33 0:44 / /over rw - fuse.sshfs host: rw",
        "not a line",
    ];

    [Theory]
    [InlineData("/", "ext4")]
    [InlineData("/var/lib/shop", "ext4")]
    [InlineData("/mnt/share", "nfs4")]
    [InlineData("/mnt/share/shop", "nfs4")]
    [InlineData("/mnt/share/local/shop", "xfs")]
    [InlineData("/mnt/shared", "ext4")]
    [InlineData("/mnt/with space/shop", "cifs")]
    [InlineData("/over/shop", "fuse.sshfs")]
    public void TypeOf_Folder_IsThatOfTheInnermostMount(string folder, string expected) =>
        Assert.Equal(expected, FileSystems.TypeOf(folder, Mounts));

    [Fact]
    public void NetworkTypeOf_TemporaryFolder_IsNull() =>
        Assert.Null(FileSystems.NetworkTypeOf(Path.Combine(Path.GetTempPath(), "leases.db")));
}
