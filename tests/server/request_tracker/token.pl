# Prints a token for the service user.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;

my $user = RT::User->new( RT->SystemUser );
$user->Load('stafet');
die "no such user\n" unless $user->id;
my $token = RT::AuthToken->new( RT::CurrentUser->new($user) );
my ( $done, $said, $secret ) = $token->Create( Owner => $user->id, Description => 'tests' );
die "$said\n" unless $done;
print $secret;
