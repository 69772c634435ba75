namespace Agent.Models.Tests.Offline.Bench;

/// <summary>What lies in the folder of a small office: minutes, contracts, lists, letters, one of them with a name of several words.</summary>
internal sealed class OfficeFolder : BenchFolder
{
    public OfficeFolder()
    {
        Write("minutes/2024-01-15.md", "# Board meeting\n\nPresent: Lindgren, Osei, Varga\n\n## Budget\n\nThe travel budget was cut to 12,000 euros.\n\n## Hiring\n\nWe hire two electricians in spring.\n");
        Write("minutes/2024-03-11.md", "# Board meeting\n\nPresent: Lindgren, Varga\n\n## Office move\n\nThe lease in Harbour Street ends on 30 September.\nOsei looks for a new place.\n");
        Write("contracts/cleaning.txt", "CLEANING CONTRACT\nProvider: Brightline Ltd\nNotice period: 3 months\nMonthly fee: 640 euros\n");
        Write("contracts/internet.txt", "INTERNET CONTRACT\nProvider: Nordnet\nNotice period: 6 weeks\nMonthly fee: 89 euros\n");
        Write("contracts/old/phone.txt", "PHONE CONTRACT (cancelled)\nProvider: Telplus\n");
        Write("staff.csv", "name,room,extension\nLindgren,1.04,204\nOsei,1.05,205\nVarga,2.01,301\n");
        Write("letters/Letter to Brightline.txt", "Dear Sir or Madam,\nthe windows were not cleaned in May.\nKind regards, Osei\n");
        Write("scripts/backup.sh", "#!/bin/sh\n# TODO: rotate\ntar czf /backup/office.tgz minutes contracts\n");
        Write("scripts/report.py", "import csv\n\ndef read_staff(path):\n    return list(csv.reader(open(path)))\n\n# TODO: format\n");
        Write("scripts/invoice.py", "VAT = 0.19\n\ndef gross(net):\n    return net * (1 + VAT)\n");
        Write("README.md", "# Office files\n\nAsk Varga before you change a contract.\n\n## Backups\n\nBackups run every night at 02:30.\n");
        Write("wiki/holidays.md", "# Holidays\n\nEveryone has 28 days of holiday.\nUnused days expire at the end of March.\n");
        Write("wiki/first-aid.md", "# First aid\n\nThe first aid kit hangs beside the kitchen door.\nEmergency number: 112\n");
    }
}
