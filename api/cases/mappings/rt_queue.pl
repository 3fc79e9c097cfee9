# What Request Tracker 5 needs for complaints: a queue, its custom fields, a service user and the user's rights.
# Load it once:  rt-setup-database --action insert --skip-create --datafile rt_queue.pl
# The names are those in rt.yaml. Give the service user a token of its own afterwards.
use utf8;

our @Users = (
    {   Name       => 'stafet',
        RealName   => 'Stafet',
        Privileged => 1,
        # Times in searches are read in the user's own zone.
        Timezone   => 'UTC',
        Comments   => 'Delivers complaints and reads how far they have come',
    },
);

our @Queues = (
    {   Name        => 'Klager',
        Description => 'Klager modtaget gennem Stafet',
    },
);

my @one  = qw(complaint_id complaint_ref forvaltning enhed route deadline schema_version);
my @many = qw(complaint_category complaint_themes);

our @CustomFields = (
    map( { { Name => $_, Type => 'FreeformSingle', MaxValues => 1,
             LookupType => 'RT::Queue-RT::Ticket', Queue => ['Klager'] } } @one ),
    map( { { Name => $_, Type => 'FreeformMultiple', MaxValues => 0,
             LookupType => 'RT::Queue-RT::Ticket', Queue => ['Klager'] } } @many ),
    {   Name       => 'prior_complaint',
        Type       => 'SelectSingle',
        MaxValues  => 1,
        LookupType => 'RT::Queue-RT::Ticket',
        Queue      => ['Klager'],
        Values     => [ map { { Name => $_ } } qw(yes no unknown) ],
    },
);

our @ACL = (
    map( { { UserId => 'stafet', Queue => 'Klager', Right => $_ } }
        qw(SeeQueue CreateTicket ShowTicket ShowTicketComments CommentOnTicket ModifyTicket
           SeeCustomField ModifyCustomField) ),
    { UserId => 'stafet', Right => 'ManageAuthTokens' },
);
1;
